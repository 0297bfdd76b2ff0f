using Muster.Pql.Binding;
using Muster.Pql.Syntax;

namespace Muster.Pql.Json;

/// <summary>Writing of what has keywords in the text form.</summary>
internal sealed partial class JsonExporter
{
    private void WriteConstruct(SyntaxNode node)
    {
        switch (node)
        {
            case LambdaSyntax lambda: WriteLambda(lambda.Parameters, lambda.Body); break;
            case LetSyntax let: WriteLet(let); break;
            case SelectSyntax select: WriteWithClauses("select", () => { }, select.Clauses, null); break;
            case QuantificationSyntax quantification:
                string name = Enum.GetName(quantification.Quantifier)!.ToLowerInvariant();
                WriteWithClauses("quantification", () => _writer.WriteString("quantifier", name), quantification.Clauses, null);
                break;
            case AggregateSyntax aggregate: WriteAggregate(aggregate); break;
            case OccursSyntax occurs:
                WriteNode("occurs", () =>
                {
                    WriteProperty("timestamp", occurs.Timestamp);
                    WriteProperty("qualification", occurs.Qualification);
                });
                break;
            case TimeQualificationSyntax qualification: WriteQualification(qualification); break;
            case PeriodSyntax period:
                WriteNode("range", () =>
                {
                    _writer.WriteString("relation", TimeWords.PeriodName(period.Offset));
                    _writer.WriteString("unit", Keywords.UnitName(period.Unit, plural: false));
                });
                break;
            case ChainSyntax chain: WriteChain(chain); break;
            default: throw new NotSupportedException($"{node.GetType().Name} is written by the node around it.");
        }
    }

    private void WriteLet(LetSyntax let) => WriteNode("let", () =>
    {
        WriteString("varName", let.Name);
        WriteProperty("value", let.Value);
        _scope.Within(() =>
        {
            _scope.Declare(let.Name);
            WriteProperty("body", let.Body);
            return true;
        });
    });

    private void WriteWithClauses(string type, Action writeHead, IReadOnlyList<ClauseSyntax> clauses, Action? writeTail) =>
        _scope.Within(() =>
    {
        WriteNode(type, () =>
        {
            writeHead();
            WriteArray("variables", clauses, WriteClause);
            writeTail?.Invoke();
        });
        return true;
    });

    /// <summary>
    /// Unlike elsewhere the value stands before the variables it uses, so these are declared first; their sources cannot see them in text
    /// either, where a name is a variable once it is declared to the left.
    /// </summary>
    private void WriteAggregate(AggregateSyntax aggregate) => WriteNode("aggregate", () =>
    {
        WriteString("fnName", aggregate.Function);
        _writer.WritePropertyName("value");
        if (aggregate.Value is null)
        {
            _writer.WriteNullValue();
        }
        else
        {
            _scope.Within(() =>
            {
                foreach (ClauseSyntax clause in aggregate.Clauses) _scope.Declare(clause.Variable);
                Write(aggregate.Value);
                return true;
            });
        }
        _scope.Within(() =>
        {
            WriteArray("variables", aggregate.Clauses, WriteClause);
            return true;
        });
    });

    private void WriteClause(ClauseSyntax clause) => WriteNode("varDecl", () =>
    {
        WriteString("varName", clause.Variable);
        WriteProperty("from", clause.Source);
        _scope.Declare(clause.Variable);
        if (clause.Condition is not null) WriteProperty("where", clause.Condition);
    });

    private void WriteQualification(TimeQualificationSyntax qualification) => WriteNode("timeQualification", () =>
    {
        if (qualification.Relation == TimeRelation.Between)
        {
            WriteProperty("from", qualification.Reference);
            WriteProperty("to", qualification.Second!);
            return;
        }
        if (qualification.Comparison is not null)
        {
            _writer.WriteString("comparison", qualification.Comparison);
            WriteDuration(qualification.Count!, qualification.Unit);
        }
        if (qualification.Relation != TimeRelation.On)
            _writer.WriteString("direction", Enum.GetName(qualification.Relation)!.ToLowerInvariant());
        WriteProperty("reference", qualification.Reference);
    });

    private void WriteDuration(SyntaxNode count, TimeUnit unit)
    {
        _writer.WritePropertyName("duration");
        WriteNode("duration", () =>
        {
            if (count is LiteralSyntax { Value: >= 0L and long number }) _writer.WriteNumber("count", number);
            else WriteProperty("count", count);
            _writer.WriteString("unit", Keywords.UnitName(unit, plural: false));
        });
    }

    private void WriteChain(ChainSyntax chain) => WriteNode("chain", () =>
    {
        WriteProperty("array", chain.Array);
        WriteString("timestamp", string.Join('.', chain.Timestamp));
        _scope.Within(() =>
        {
            WriteArray("elements", chain.Links, WriteLink);
            return true;
        });
    });

    private void WriteLink(ChainLinkSyntax link)
    {
        if (link is ChainGapSyntax gap)
        {
            WriteNode("gap", () =>
            {
                _writer.WriteString("comparison", gap.Comparison);
                WriteDuration(gap.Count, gap.Unit);
            });
            return;
        }
        ChainElementSyntax element = (ChainElementSyntax)link;
        if (element.Label is not null) _scope.Declare(element.Label);
        WriteNode("element", () =>
        {
            if (element.Label is not null) WriteString("label", element.Label);
            _scope.WithItem(() =>
            {
                WriteProperty("what", element.What);
                if (element.When is not null) WriteProperty("when", element.When);
                if (element.Where is not null) WriteProperty("where", element.Where);
                return true;
            });
            if (element.Count is null) return;
            _writer.WriteStartObject("count");
            _writer.WriteNumber("min", element.Count.Minimum);
            if (element.Count.Maximum is { } maximum) _writer.WriteNumber("max", maximum);
            else _writer.WriteNull("max");
            _writer.WriteEndObject();
        });
    }
}
