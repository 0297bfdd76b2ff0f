using Muster.Pql.Diagnostics;
using Muster.Pql.Syntax;
using Muster.Pql.Time;
using Muster.Pql.Types;

namespace Muster.Pql.Binding;

/// <summary><c>occurs</c>, dates and chains.</summary>
internal sealed partial class Binder
{
    private BoundExpression BindOccurs(OccursSyntax occurs)
    {
        BoundExpression timestamp = Bind(occurs.Timestamp);
        TimeWindow window = BindWindow(occurs.Qualification);
        if (IsInvalid(timestamp)) return new BoundConstant(false, DataType.Boolean, occurs.Span);
        if (timestamp.Type.Kind == TypeKind.Null) return AlwaysFalse(occurs.Span, "null occurs at no time.");
        return timestamp.Type.Kind == TypeKind.Array
            ? SomeElement(timestamp, item => OccursIn(ToTimestamp(item), window, occurs.Span), occurs.Span)
            : OccursIn(ToTimestamp(timestamp), window, occurs.Span);
    }

    /// <summary>A reference that is text is a day or an instant by its form, which is known only where it is evaluated.</summary>
    private BoundExpression OccursIn(BoundExpression timestamp, TimeWindow window, TextSpan span)
    {
        if (TextOf(window.Reference) is { } text)
            return ByForm(text, reference => OccursIn(timestamp, window with { Reference = reference }, span), span);
        if (TextOf(window.Second) is { } second)
            return ByForm(second, reference => OccursIn(timestamp, window with { Second = reference }, span), span);
        return new BoundOccurs(timestamp, window, span);
    }

    private static BoundExpression? TextOf(TimeReference? reference) =>
        reference is ExpressionReference { Expression: { Type.Kind: TypeKind.String } text } ? text : null;

    private BoundConditional ByForm(BoundExpression text, Func<TimeReference, BoundExpression> occurs, TextSpan span)
    {
        var form = new BoundConstant("____-__-__", DataType.String, text.Span);
        return new BoundConditional(
            new BoundStringTest(StringTest.Like, text, form, IgnoreCase: false, Negated: false, text.Span),
            occurs(new ExpressionReference(Convert(text, DataType.Date))), occurs(new ExpressionReference(ToTimestamp(text))),
                DataType.Boolean, span);
    }

    private BoundExpression ToTimestamp(BoundExpression expression)
    {
        if (expression.Type.Kind is not (TypeKind.Boolean or TypeKind.Double or TypeKind.Array))
            return Convert(expression, DataType.Timestamp);
        _diagnostics.Error(DiagnosticCodes.TypeMismatch, expression.Span,
            $"A timestamp is needed here, this is of type {expression.Type}.");
        return new BoundConstant(null, DataType.Timestamp, expression.Span);
    }

    private TimeWindow BindWindow(TimeQualificationSyntax qualification)
    {
        BoundExpression? count = qualification.Count is null ? null : BindDistance(qualification.Count);
        TimeReference reference = BindTimeReference(qualification.Reference);
        TimeReference? second = qualification.Second is null ? null : BindTimeReference(qualification.Second);
        ComparisonOperator? comparison = qualification.Comparison is null ? null : Keywords.Comparisons[qualification.Comparison];
        TimeWindow window = new(qualification.Relation, comparison, count, qualification.Unit, reference, second, qualification.Span);
        if (EmptyWindows.IsEmpty(window)) _diagnostics.Warning(DiagnosticCodes.AlwaysFalse, qualification.Span,
            "No instant is in this window.");
        return window;
    }

    private BoundExpression BindDistance(SyntaxNode syntax)
    {
        BoundExpression count = Convert(Bind(syntax), DataType.Integer);
        if (count is BoundConstant { Value: < 0L }) Error(DiagnosticCodes.TypeMismatch, count.Span, "The number of units is not negative.");
        return count;
    }

    private TimeReference BindTimeReference(SyntaxNode syntax)
    {
        if (syntax is PeriodSyntax period) return new PeriodReference(period.Offset, period.Unit, period.Span);
        BoundExpression expression;
        if (syntax is NameSyntax name && _scope.FindVariable(name.Name) is { LabelTime: { } path } label)
            expression = path.Aggregate(label.Value with { Span = name.Span }, (target, part) => Access(target, part, name.Span));
        else
            expression = Bind(syntax);
        if (expression.Type.Kind == TypeKind.Date) return new ExpressionReference(expression);
        // The text of a day alone is that day, not its first instant.
        if (expression is BoundConstant { Value: string { Length: 10 } text } && IsoTime.ParseDate(text) is { } days)
            return new ExpressionReference(new BoundConstant(days, DataType.Date, expression.Span));
        return new ExpressionReference(expression is { Type.Kind: TypeKind.String } and not BoundConstant ? expression
            : ToTimestamp(expression));
    }

    private BoundExpression BindDate(CallSyntax call)
    {
        BoundExpression[] parts = call.Arguments.Select(a => Convert(Bind(a), DataType.Integer)).ToArray();
        if (parts is not [BoundConstant { Value: long year }, BoundConstant { Value: long month }, BoundConstant { Value: long day }])
            return new BoundDate(parts[0], parts[1], parts[2], call.Span);
        return CivilDate.DaysOf(year, month, day) is { } days
            ? new BoundConstant(days, DataType.Date, call.Span)
            : Error(DiagnosticCodes.InvalidDate, call.Span, $"There is no day {day} in month {month} of the year {year}.");
    }

    private BoundChain BindChain(ChainSyntax chain)
    {
        BoundExpression source = Bind(chain.Array);
        DataType element = ElementOf(source);
        Variable item = new("this", element, VariableRole.Element);
        BoundExpression timestamp = new BoundVariable(item, chain.Span);
        foreach (string part in chain.Timestamp) timestamp = Access(timestamp, part, chain.TimestampSpan);
        Scope outer = _scope;
        List<BoundChainStep> steps = [];
        BoundGap? gap = null;
        foreach (ChainLinkSyntax link in chain.Links)
        {
            if (link is ChainGapSyntax syntax)
            {
                if (gap is not null || steps.Count == 0) Error(DiagnosticCodes.Misplaced, link.Span, "GAP stands between two elements.");
                gap = new BoundGap(Keywords.Comparisons[syntax.Comparison], BindDistance(syntax.Count), syntax.Unit);
                continue;
            }
            steps.Add(BindStep((ChainElementSyntax)link, element, gap, chain.Timestamp));
            gap = null;
        }
        if (gap is not null) Error(DiagnosticCodes.Misplaced, chain.Links[^1].Span, "GAP stands between two elements.");
        if (steps.Count == 0) Error(DiagnosticCodes.Misplaced, chain.Span, "A chain has at least one element.");
        _scope = outer;
        return new BoundChain(source, item, ToTimestamp(timestamp), steps, chain.Span);
    }

    /// <summary>Binds an element and leaves its label, if any, in scope for those that follow.</summary>
    private BoundChainStep BindStep(ChainElementSyntax syntax, DataType element, BoundGap? gap, IReadOnlyList<string> timestampPath)
    {
        Variable item = new(syntax.Label ?? "this", element, VariableRole.Element);
        BoundVariable value = new(item, syntax.Span);
        if (syntax.Label is not null) _scope = _scope.WithLabel(syntax.Label, value, timestampPath);
        Scope labels = _scope;
        _scope = _scope.WithItem(value, null);
        BoundExpression what = BindBoolean(syntax.What);
        TimeWindow? when = syntax.When is null ? null : AtInstants(BindWindow(syntax.When));
        if (syntax.Where is not null) what = new BoundLogical(true, [what, BindBoolean(syntax.Where)], syntax.Span);
        _scope = labels;
        return new BoundChainStep(item, what, when, syntax.Count?.Minimum ?? 1, syntax.Count?.Maximum, gap);
    }

    private TimeWindow AtInstants(TimeWindow window) => window with
    {
        Reference = TextOf(window.Reference) is { } first ? new ExpressionReference(ToTimestamp(first)) : window.Reference,
        Second = TextOf(window.Second) is { } second ? new ExpressionReference(ToTimestamp(second)) : window.Second,
    };
}
