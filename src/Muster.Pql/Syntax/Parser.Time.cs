using System.Globalization;
using Muster.Pql.Binding;
using Muster.Pql.Diagnostics;
using Muster.Pql.Dialects;
using Muster.Pql.Text;

namespace Muster.Pql.Syntax;

/// <summary>Time qualifications and chains.</summary>
internal sealed partial class Parser
{
    private TimeQualificationSyntax ParseTimeQualification()
    {
        TextSpan start = Current.Span;
        if (OperatorHere() is (string comparison, Precedence.Comparison) && Keywords.Comparisons.ContainsKey(comparison))
        {
            _position++;
            (SyntaxNode count, TimeUnit unit) = ParseDuration();
            TimeRelation relation = TimeRelation.From;
            if (Current.Kind == TokenKind.Identifier && Keywords.Directions.TryGetValue(Current.Text, out relation))
            {
                if (Current.IsKeyword("of")) _diagnostics.Accepts(LenientForm.OldDirection, Current.Span);
                _position++;
            }
            else Fault("'before', 'after' or 'from'", skip: false);
            return new TimeQualificationSyntax(relation, comparison, count, unit, ParseTimeReference(), null, SpanFrom(start));
        }
        if (TakeKeyword("between"))
        {
            SyntaxNode first = ParseTimeReference();
            ExpectKeyword("and");
            return new TimeQualificationSyntax(TimeRelation.Between, null, null, TimeUnit.Day, first, ParseTimeReference(),
                SpanFrom(start));
        }
        if (Current.Kind == TokenKind.Identifier && Current.Text is not "of"
            && Keywords.Directions.TryGetValue(Current.Text, out TimeRelation direction))
        {
            _position++;
            if (direction == TimeRelation.From) Fault("a distance such as '<= 3 days' before 'from'", skip: false);
            return new TimeQualificationSyntax(direction, null, null, TimeUnit.Day, ParseTimeReference(), null, SpanFrom(start));
        }
        TakeKeyword("on");
        return new TimeQualificationSyntax(TimeRelation.On, null, null, TimeUnit.Day, ParseTimeReference(), null, SpanFrom(start));
    }

    private (SyntaxNode Count, TimeUnit Unit) ParseDuration()
    {
        SyntaxNode count = Missing();
        if (Current.Kind == TokenKind.Integer || Current.IsSymbol("(")) count = ParsePrimary();
        else Fault("a whole number of units, not negative", skip: false);
        TimeUnit unit = TimeUnit.Day;
        if (Current.Kind == TokenKind.Identifier && Keywords.Units.TryGetValue(Current.Text, out unit))
        {
            if (Current.IsKeyword("millenium")) _diagnostics.Accepts(LenientForm.OldSpelling, Current.Span);
            _position++;
            return (count, unit);
        }
        Fault("a unit of time such as 'days'", skip: false);
        // A misspelt unit: go on after it.
        if (Current.Kind == TokenKind.Identifier && !Keywords.Directions.ContainsKey(Current.Text)) _position++;
        return (count, unit);
    }

    private SyntaxNode ParseTimeReference()
    {
        Token token = Current;
        Token next = _tokens[Math.Min(_position + 1, _tokens.Count - 1)];
        if (token.Kind == TokenKind.Identifier && next.Kind == TokenKind.Identifier
            && Keywords.PeriodWords.TryGetValue(token.Text, out int offset) && Keywords.Units.TryGetValue(next.Text, out TimeUnit unit))
        {
            _position += 2;
            return new PeriodSyntax(offset, unit, TextSpan.Union(token.Span, next.Span));
        }
        return ParseOperators(Precedence.Additive);
    }

    private ChainSyntax ParseChain()
    {
        TextSpan start = Current.Span;
        bool outer = _stopAtIn;
        _stopAtIn = false;
        _position += 2;
        SyntaxNode array = ParsePostfix();
        Expect(",");
        List<string> path = [];
        TextSpan pathStart = Current.Span;
        do path.Add(ExpectName());
        while (TakeSymbol("."));
        TextSpan pathSpan = SpanFrom(pathStart);
        Expect(",");
        List<ChainLinkSyntax> links = [];
        Expect("[");
        if (Current.IsSymbol("]")) Fault("an element such as WHAT(...)", skip: false);
        ParseSequence("]", () => links.Add(ParseLink()));
        Expect(")");
        _stopAtIn = outer;
        return new ChainSyntax(array, path, links, SpanFrom(start)) { TimestampSpan = pathSpan };
    }

    private ChainLinkSyntax ParseLink()
    {
        TextSpan start = Current.Span;
        if (Current.IsKeyword("gap") && _tokens[_position + 1].IsSymbol("(")) return ParseGap();
        string? label = null;
        if (Current.IsName && _tokens[_position + 1].IsSymbol(":"))
        {
            label = Current.Text;
            _position += 2;
        }
        if (!Current.IsKeyword("what"))
        {
            Fault("WHAT(...) or GAP(...)");
            return new ChainElementSyntax(label, Missing(), null, null, null, start);
        }
        _position++;
        SyntaxNode what = ParseModifier(ParseExpression);
        TimeQualificationSyntax? when = null;
        SyntaxNode? where = null;
        ChainCount? count = null;
        while (true)
        {
            if (when is null && TakeKeyword("when")) when = ParseModifier(ParseTimeQualification);
            else if (where is null && TakeKeyword("where")) where = ParseModifier(ParseExpression);
            else if (count is null && TakeKeyword("count")) count = ParseModifier(ParseCount);
            else return new ChainElementSyntax(label, what, when, where, count, SpanFrom(start));
        }
    }

    private T ParseModifier<T>(Func<T> parse)
    {
        Expect("(");
        T result = parse();
        Expect(")");
        return result;
    }

    private ChainGapSyntax ParseGap()
    {
        TextSpan start = Current.Span;
        _diagnostics.Accepts(LenientForm.Gaps, start);
        _position += 2;
        string comparison = "<=";
        if (OperatorHere() is (string name, Precedence.Comparison) && Keywords.Comparisons.ContainsKey(name))
        {
            comparison = name;
            _position++;
        }
        else
        {
            Fault("a comparison such as '<='", skip: false);
        }
        (SyntaxNode count, TimeUnit unit) = ParseDuration();
        Expect(")");
        return new ChainGapSyntax(comparison, count, unit, SpanFrom(start));
    }

    private ChainCount ParseCount()
    {
        if (OperatorHere() is (string comparison, Precedence.Comparison))
        {
            _diagnostics.Accepts(LenientForm.CountRanges, Current.Span);
            _position++;
            int number = ParseCountNumber();
            switch (comparison)
            {
                case "=": return new ChainCount(number, number);
                case "<=": return new ChainCount(0, number);
                case ">=": return new ChainCount(number, null);
                case ">" when number < int.MaxValue: return new ChainCount(number + 1, null);
                case "<" when number > 0: return new ChainCount(0, number - 1);
                default:
                    _diagnostics.Error(DiagnosticCodes.Expected, Current.Span, $"COUNT cannot be '{comparison} {number}'.");
                    return new ChainCount(0, null);
            }
        }
        int minimum = ParseCountNumber();
        if (!TakeSymbol(",")) return new ChainCount(minimum, null);
        _diagnostics.Accepts(LenientForm.CountRanges, Current.Span);
        int maximum = ParseCountNumber();
        if (maximum < minimum)
            _diagnostics.Error(DiagnosticCodes.Expected, Current.Span, "The second number of COUNT is not less than the first.");
        return new ChainCount(minimum, maximum);
    }

    private int ParseCountNumber()
    {
        if (Current.Kind == TokenKind.Integer && int.TryParse(Current.Text, CultureInfo.InvariantCulture, out int number))
        {
            _position++;
            return number;
        }
        Fault("a whole number", skip: false);
        return 1;
    }
}
