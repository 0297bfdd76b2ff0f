using System.Text.Json;
using Muster.Pql.Binding;
using Muster.Pql.Diagnostics;
using Muster.Pql.Syntax;

namespace Muster.Pql.Json;

/// <summary>What has keywords in the text form.</summary>
internal sealed partial class JsonImporter
{
    private List<ClauseSyntax> ReadClauses(JsonElement node)
    {
        List<ClauseSyntax> clauses = [];
        foreach (JsonElement variable in ReadArray(node, "variables")) clauses.Add(ReadClause(variable));
        if (clauses.Count == 0) Fail(DiagnosticCodes.MissingProperty, $"{Describe(node)} needs at least one variable.");
        return clauses;
    }

    private ClauseSyntax ReadClause(JsonElement variable)
    {
        if (variable.ValueKind != JsonValueKind.Object)
            return new ClauseSyntax("", Fail(DiagnosticCodes.MissingProperty, "A variable is a node 'varDecl'."), null, Nowhere);
        string name = ReadIdentifier(variable, "varName");
        // 'range' is the older name.
        SyntaxNode source = ReadChild(variable, variable.TryGetProperty("from", out _) ? "from" : "range");
        _scope.Declare(name);
        return new ClauseSyntax(name, source, ReadOptionalChild(variable, "where"), Nowhere);
    }

    private SyntaxNode ReadQuantification(JsonElement node)
    {
        string name = ReadName(node, "quantifier");
        return Keywords.Quantifiers.TryGetValue(name, out Quantifier quantifier)
            ? _scope.Within(() => new QuantificationSyntax(quantifier, ReadClauses(node), Nowhere))
            : Fail(DiagnosticCodes.UnknownNode, $"The quantifier '{name}' is not known.");
    }

    private SyntaxNode ReadAggregate(JsonElement node)
    {
        string function = ReadName(node, "fnName").ToLowerInvariant();
        if (!Keywords.Aggregates.Contains(function)) return Fail(DiagnosticCodes.UnknownNode, $"The aggregate '{function}' is not known.");
        return _scope.Within(() =>
        {
            List<ClauseSyntax> clauses = ReadClauses(node);
            return new AggregateSyntax(function, ReadOptionalChild(node, "value"), clauses, Nowhere);
        });
    }

    /// <summary>The oldest form: variables and conditions in one list, all of which hold for some binding.</summary>
    private SyntaxNode ReadSet(JsonElement node)
    {
        List<SyntaxNode> before = [];
        List<ClauseSyntax> clauses = [];
        foreach (JsonElement member in ReadArray(node, "variables"))
        {
            bool isVariable = member.ValueKind == JsonValueKind.Object && member.TryGetProperty("nodeType", out JsonElement type)
                && ReadString(type) == "varDecl";
            if (isVariable)
            {
                clauses.Add(ReadClause(member));
                continue;
            }
            SyntaxNode condition = Read(member);
            if (clauses.Count == 0) before.Add(condition);
            else if (clauses[^1].Condition is { } earlier)
                clauses[^1] = clauses[^1] with { Condition = SyntaxTree.Logical(true, [earlier, condition], Nowhere) };
            else clauses[^1] = clauses[^1] with { Condition = condition };
        }
        if (clauses.Count > 0) before.Add(new QuantificationSyntax(Quantifier.Some, clauses, Nowhere));
        return before.Count > 0 ? SyntaxTree.Logical(true, before, Nowhere)
            : Fail(DiagnosticCodes.MissingProperty, "The node 'set' needs 'variables'.");
    }

    private TimeQualificationSyntax ReadQualification(JsonElement node, string property)
    {
        if (!node.TryGetProperty(property, out JsonElement child) || child.ValueKind != JsonValueKind.Object)
        {
            Fail(DiagnosticCodes.MissingProperty, $"{Describe(node)} needs '{property}'.");
            return new TimeQualificationSyntax(TimeRelation.On, null, null, TimeUnit.Day, Missing(), null, Nowhere);
        }
        if (child.TryGetProperty("from", out JsonElement from) && child.TryGetProperty("to", out JsonElement to))
            return new TimeQualificationSyntax(TimeRelation.Between, null, null, TimeUnit.Day, ReadReference(from), ReadReference(to),
                Nowhere);
        SyntaxNode reference = child.TryGetProperty("reference", out JsonElement value) ? ReadReference(value)
            : ReadChild(child, "reference");
        TimeRelation relation = TimeRelation.On;
        if (child.TryGetProperty("direction", out JsonElement direction) && direction.ValueKind != JsonValueKind.Null
            && !Keywords.Directions.TryGetValue(ReadString(direction) ?? "", out relation))
            Fail(DiagnosticCodes.UnknownNode, "The direction of a time is before, after or from.");
        bool hasDistance = child.TryGetProperty("comparison", out JsonElement comparison) && comparison.ValueKind != JsonValueKind.Null;
        if (hasDistance ? relation == TimeRelation.On : relation == TimeRelation.From)
            Fail(DiagnosticCodes.MissingProperty, "A distance needs 'comparison', 'duration' and 'direction'.");
        if (!hasDistance) return new TimeQualificationSyntax(relation, null, null, TimeUnit.Day, reference, null, Nowhere);
        (SyntaxNode count, TimeUnit unit) = ReadDuration(child);
        return new TimeQualificationSyntax(relation, ReadComparison(child), count, unit, reference, null, Nowhere);
    }

    private SyntaxNode ReadReference(JsonElement node)
    {
        if (node.ValueKind != JsonValueKind.Object || !node.TryGetProperty("nodeType", out JsonElement type)
            || ReadString(type) != "range")
            return Read(node);
        if (Keywords.PeriodWords.TryGetValue(ReadName(node, "relation"), out int offset))
            return new PeriodSyntax(offset, ReadUnit(node), Nowhere);
        return Fail(DiagnosticCodes.UnknownNode, "The relation of a range is this, last or next.");
    }

    private string ReadComparison(JsonElement node)
    {
        string comparison = ReadName(node, "comparison");
        if (Keywords.Comparisons.ContainsKey(comparison)) return comparison;
        Fail(DiagnosticCodes.UnknownNode, $"The comparison '{comparison}' is not known.");
        return "=";
    }

    private (SyntaxNode Count, TimeUnit Unit) ReadDuration(JsonElement node)
    {
        if (!node.TryGetProperty("duration", out JsonElement duration) || duration.ValueKind != JsonValueKind.Object
            || !duration.TryGetProperty("count", out JsonElement count))
            return (Fail(DiagnosticCodes.MissingProperty, $"{Describe(node)} needs a 'duration' with 'count' and 'unit'."), TimeUnit.Day);
        return (count.ValueKind == JsonValueKind.Object ? Read(count) : ReadScalar(count), ReadUnit(duration));
    }

    private TimeUnit ReadUnit(JsonElement node)
    {
        string name = ReadName(node, "unit");
        if (!Keywords.Units.TryGetValue(name, out TimeUnit unit))
            Fail(DiagnosticCodes.UnknownNode, $"The unit of time '{name}' is not known.");
        return unit;
    }

    private ChainSyntax ReadChain(JsonElement node)
    {
        SyntaxNode array = ReadChild(node, "array");
        string timestamp = ReadIdentifier(node, "timestamp");
        string[] path = timestamp.Split('.');
        if (path.Contains("")) Fail(DiagnosticCodes.MissingProperty, "The timestamp of a chain is a path of names.");
        List<ChainLinkSyntax> links = ReadArray(node, "elements").Select(ReadLink).ToList();
        if (links.Count == 0) Fail(DiagnosticCodes.MissingProperty, "A chain needs 'elements'.");
        return new ChainSyntax(array, path, links, Nowhere);
    }

    private ChainLinkSyntax ReadLink(JsonElement node)
    {
        string type = node.ValueKind == JsonValueKind.Object ? ReadName(node, "nodeType") : "";
        if (type == "gap")
        {
            (SyntaxNode count, TimeUnit unit) = ReadDuration(node);
            return new ChainGapSyntax(ReadComparison(node), count, unit, Nowhere);
        }
        if (type != "element")
            return new ChainElementSyntax(null, Fail(DiagnosticCodes.UnknownNode, "A chain is made of 'element' and 'gap'."), null, null,
                null, Nowhere);
        string? label = node.TryGetProperty("label", out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? ReadIdentifier(node, "label") : null;
        if (label is not null) _scope.Declare(label);
        return _scope.WithItem(() =>
        {
            SyntaxNode what = ReadChild(node, "what");
            bool hasWhen = node.TryGetProperty("when", out JsonElement when) && when.ValueKind != JsonValueKind.Null;
            TimeQualificationSyntax? window = hasWhen ? ReadQualification(node, "when") : null;
            return new ChainElementSyntax(label, what, window, ReadOptionalChild(node, "where"), ReadCount(node), Nowhere);
        });
    }

    private ChainCount? ReadCount(JsonElement node)
    {
        if (!node.TryGetProperty("count", out JsonElement count) || count.ValueKind == JsonValueKind.Null) return null;
        if (count.ValueKind == JsonValueKind.Number) return new ChainCount(ReadInteger(node, "count") ?? 1, null);
        if (count.ValueKind != JsonValueKind.Object)
        {
            Fail(DiagnosticCodes.MissingProperty, "The count of an element has 'min' and 'max'.");
            return null;
        }
        int minimum = ReadInteger(count, "min") ?? 0;
        int? maximum = ReadInteger(count, "max");
        if (maximum < minimum) Fail(DiagnosticCodes.MissingProperty, "The 'max' of a count is not less than its 'min'.");
        return new ChainCount(minimum, maximum);
    }
}
