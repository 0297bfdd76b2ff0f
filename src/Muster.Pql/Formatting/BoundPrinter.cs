using System.Globalization;
using Muster.Pql.Binding;
using Muster.Pql.Types;

namespace Muster.Pql.Formatting;

/// <summary>
/// A bound query on one line, for tests and explanation: <c>eq(profile.a:String, "x")</c>. Variables that share a name are numbered in
/// order of appearance. Not a language: nothing reads it.
/// </summary>
public sealed class BoundPrinter
{
    private readonly Dictionary<Variable, string> _names = new(ReferenceEqualityComparer.Instance);

    private BoundPrinter()
    {
    }

    /// <summary>Prints the body of a query.</summary>
    public static string Print(BoundQuery query) => Print(query.Body);

    /// <summary>Prints an expression.</summary>
    public static string Print(BoundExpression expression) => new BoundPrinter().Text(expression);

    private string Text(BoundExpression node) => node switch
    {
        BoundConstant constant => Constant(constant.Value, constant.Type),
        BoundNow => "now",
        BoundRelativeDay day => $"day({day.Offset.ToString(CultureInfo.InvariantCulture)})",
        BoundDate date => Call("date", date.Year, date.Month, date.Day),
        BoundVariable variable => Name(variable.Variable),
        BoundField field => $"{Text(field.Target)}.{field.Name}",
        BoundMapValue value => $"{Text(value.Target)}[{Text(value.Key)}]",
        BoundMapParts parts => Call(parts.Values ? "values" : "keys", parts.Target),
        BoundConversion conversion => $"{Text(conversion.Operand)}:{conversion.Type}",
        BoundPresence presence => Call("present", presence.Operand),
        BoundNullTest test => Call(test.Negated ? "isNotNull" : "isNull", test.Operand),
        BoundEmptyTest test => Call(test.Negated ? "isNotEmpty" : "isEmpty", test.Operand),
        BoundLogical logical => Call(logical.IsAnd ? "and" : "or", [.. logical.Operands]),
        BoundNot not => Call("not", not.Operand),
        BoundComparison comparison => Call(comparison.Operator + IgnoringCase(comparison.IgnoreCase), comparison.Left, comparison.Right),
        BoundMembership member => Call((member.Negated ? "notIn" : "in") + IgnoringCase(member.IgnoreCase), member.Value, member.Array),
        BoundArithmetic arithmetic => $"{Call(arithmetic.Operator.ToString(), arithmetic.Left, arithmetic.Right)}:{arithmetic.Type}",
        BoundNegation negation => Call("negate", negation.Operand),
        BoundConditional conditional => Call("if", conditional.Condition, conditional.WhenTrue, conditional.WhenFalse),
        BoundDefault fallback => Call("default", fallback.Value, fallback.Fallback),
        BoundStringTest test => Call((test.Negated ? "not" : "") + test.Test + IgnoringCase(test.IgnoreCase), test.Target, test.Argument),
        BoundLet let => $"let {Name(let.Variable)} = {Text(let.Value)} in {Text(let.Body)}",
        BoundInSegment segment => $"inSegment(\"{segment.SegmentId}\")",
        BoundCall call => Call(call.Function, [.. call.Arguments]),
        BoundConstruction construction => Construction(construction),
        _ => Collection(node),
    };

    private string Collection(BoundExpression node) => node switch
    {
        BoundQuantification quantification => $"{quantification.Quantifier}({Clauses(quantification.Clauses)})",
        BoundSelect select => $"select({Clauses(select.Clauses)})",
        BoundAggregate aggregate => Aggregate(aggregate),
        BoundMapping mapping => $"{(mapping.Flatten ? "flatMap" : "map")}({Item(mapping.Item, mapping.Source)} => {Text(mapping.Body)})",
        BoundRanking ranking =>
            $"{(ranking.Descending ? "topN" : "bottomN")}({Item(ranking.Item, ranking.Source)} => {Text(ranking.Key)}, {Text(ranking.Count)})",
        BoundHead head => Call("head", head.Source),
        BoundDistinct distinct => Call("distinct", distinct.Source),
        BoundSetOperation operation => Call(operation.Operation.ToString(), operation.Left, operation.Right),
        BoundGrouping grouping => $"groupBy({Item(grouping.Item, grouping.Source)} => {Text(grouping.Key)})",
        BoundMapConstruction map => $"mapOf({Item(map.Item, map.Source)} => {Text(map.Key)}: {Text(map.Value)})",
        BoundOccurs occurs => $"occurs({Text(occurs.Timestamp)}, {Window(occurs.Window)})",
        BoundChain chain => $"chain({Item(chain.Item, chain.Source)} by {Text(chain.Timestamp)}: {string.Join("; ", chain.Steps.Select(Step))})",
        _ => node.GetType().Name,
    };

    private string Call(string name, params IReadOnlyList<BoundExpression> arguments) => $"{name}({string.Join(", ", arguments.Select(Text))})";

    private static string IgnoringCase(bool ignoreCase) => ignoreCase ? "IgnoreCase" : "";

    private string Name(Variable variable)
    {
        if (_names.TryGetValue(variable, out string? name)) return name;
        int same = _names.Keys.Count(v => v.Name == variable.Name);
        name = same == 0 ? variable.Name : $"{variable.Name}#{(same + 1).ToString(CultureInfo.InvariantCulture)}";
        _names.Add(variable, name);
        return name;
    }

    private string Item(Variable item, BoundExpression source) => $"{Name(item)} in {Text(source)}";

    private string Clauses(IReadOnlyList<BoundClause> clauses) => string.Join(", ", clauses.Select(c =>
        Item(c.Variable, c.Source) + (c.Predicate is null ? "" : $" where {Text(c.Predicate)}")));

    private string Aggregate(BoundAggregate aggregate)
    {
        string clauses = Clauses(aggregate.Clauses);
        return aggregate.Value is null ? $"{aggregate.Function}({clauses})" : $"{aggregate.Function}({clauses} => {Text(aggregate.Value)})";
    }

    private string Construction(BoundConstruction construction) => construction.Names is null
        ? $"[{string.Join(", ", construction.Elements.Select(Text))}]"
        : $"{{{string.Join(", ", construction.Names.Zip(construction.Elements, (name, value) => $"{name}: {Text(value)}"))}}}";

    private string Step(BoundChainStep step)
    {
        string gap = step.Gap is null ? "" : $"gap {step.Gap.Comparison} {Text(step.Gap.Count)} {step.Gap.Unit} ";
        string when = step.When is null ? "" : $" when {Window(step.When)}";
        string count = (step.MinimumCount, step.MaximumCount) switch
        {
            (1, null) => "",
            (int minimum, null) => $" {minimum.ToString(CultureInfo.InvariantCulture)}+ times",
            (int minimum, int maximum) => string.Create(CultureInfo.InvariantCulture, $" {minimum}..{maximum} times"),
        };
        return $"{gap}{Name(step.Item)}: {Text(step.What)}{when}{count}";
    }

    private string Window(TimeWindow window)
    {
        string distance = window.Comparison is null ? "" : $"{window.Comparison} {Text(window.Count!)} {window.Unit} ";
        string second = window.Second is null ? "" : $" and {Reference(window.Second)}";
        return $"{distance}{window.Relation} {Reference(window.Reference)}{second}";
    }

    private string Reference(TimeReference reference) => reference switch
    {
        PeriodReference period => string.Create(CultureInfo.InvariantCulture, $"{period.Unit}({period.Offset})"),
        ExpressionReference expression => Text(expression.Expression),
        _ => reference.GetType().Name,
    };

    private static string Constant(object? value, DataType type) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        IReadOnlyList<object?> list => $"[{string.Join(", ", list.Select(e => Constant(e, type.Element ?? DataType.Unknown)))}]",
        double number => ScalarConversion.ToText(number, type)! + "d",
        _ => ScalarConversion.ToText(value, type)!,
    };
}
