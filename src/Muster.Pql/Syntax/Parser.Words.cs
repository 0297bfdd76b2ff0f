using Muster.Pql.Diagnostics;
using Muster.Pql.Dialects;
using Muster.Pql.Text;

namespace Muster.Pql.Syntax;

/// <summary>What begins with a word: names, calls, and the constructs with keywords.</summary>
internal sealed partial class Parser
{
    // Tokens within which `over` has to follow an aggregate's word; without a limit a hostile text costs the square of its length.
    private const int AggregateLookahead = 4096;

    private SyntaxNode ParseWord()
    {
        Token token = Current;
        Token next = _tokens[_position + 1];
        string word = token.Text.ToLowerInvariant();
        if (next.IsSymbol("=>"))
        {
            _position += 2;
            return FinishLambda([token.Text], token.Span);
        }
        if (word is "true" or "false" or "null")
        {
            _position++;
            return new LiteralSyntax(word == "null" ? null : word == "true", token.Span);
        }
        if (word == "this" && !next.IsSymbol("("))
        {
            _position++;
            return new ItemSyntax(0, token.Span);
        }
        if (word == "let" && next.IsName) return ParseLet();
        if (word == "chain" && next.IsSymbol("(")) return ParseChain();
        if (word == "select" && ClauseFollows()) return ParseSelect();
        if (Keywords.Quantifiers.ContainsKey(word) && ClauseFollows()) return ParseQuantification(word);
        if (Keywords.Aggregates.Contains(word) && AggregateFollows(next)) return ParseAggregate(word);
        if (next.IsSymbol("(")) return ParseCall(token, word);
        if (Keywords.TimeWords.TryGetValue(word, out int? day))
        {
            _position++;
            return new TimeWordSyntax(day, token.Span);
        }
        if (Keywords.Reserved.Contains(word))
        {
            if (_lastFault != _position)
                _diagnostics.Error(DiagnosticCodes.ReservedWord, token.Span,
                    $"'{token.Text}' is a word of the language; as a name write `{token.Text}`.",
                        new DiagnosticFix(token.Span, $"`{token.Text}`"));
            _lastFault = _position;
            // An operator stays for the loop that looks for one.
            if (OperatorHere() is null) _position++;
            return Missing();
        }
        _position++;
        return new NameSyntax(token.Text, token.Span);
    }

    private SyntaxNode ParseCall(Token token, string word)
    {
        _position++;
        CheckFunctionName(token.Text, token.Span);
        // These are functions as well as words, so their case does not count; other function names are case-sensitive.
        string function = word switch
        {
            "notin" => "notIn",
            "if" or "date" or "in" or "like" or "matches" or "not" or "and" or "or" => word,
            _ => token.Text,
        };
        return SyntaxTree.Call(function, ParseArguments(null), SpanFrom(token.Span), token.Span);
    }

    private bool ClauseFollows() => _tokens[_position + 1].IsName && _tokens[_position + 2].IsKeyword("from");

    /// <summary>
    /// At sum, min...: <c>sum v from</c> or <c>sum e over</c>, and not a call or a name. Looks ahead for <c>over</c> at this level of
    /// brackets.
    /// </summary>
    private bool AggregateFollows(Token next)
    {
        if (next.Kind is TokenKind.End || next.IsSymbol(".") || next.IsSymbol("=>")) return false;
        if (ClauseFollows()) return true;
        int level = 0;
        int end = Math.Min(_tokens.Count - 1, _position + AggregateLookahead);
        for (int i = _position + 1; i < end; i++)
        {
            Token token = _tokens[i];
            if (token.IsSymbol("(") || token.IsSymbol("[") || token.IsSymbol("{")) level++;
            else if (token.IsSymbol(")") || token.IsSymbol("]") || token.IsSymbol("}")) level--;
            if (level < 0) return false;
            // After a dot or ^ no word is a keyword.
            if (level > 0 || i == _position + 1 || _tokens[i - 1].IsSymbol(".") || _tokens[i - 1].IsSymbol("^")) continue;
            if (token.IsKeyword("over")) return true;
            bool endsValue = token.Kind == TokenKind.Symbol ? token.Text is "," or ":" || Keywords.Comparisons.ContainsKey(token.Text)
                : token.IsKeyword("and") || token.IsKeyword("or");
            if (endsValue) return false;
            bool isAggregate = token.Kind == TokenKind.Identifier && Keywords.Aggregates.Contains(token.Text);
            if (isAggregate && !_tokens[i + 1].IsSymbol("(")) return false;
        }
        return false;
    }

    private LetSyntax ParseLet()
    {
        TextSpan start = Current.Span;
        _position++;
        string name = ExpectName();
        Expect("=");
        bool outer = _stopAtIn;
        _stopAtIn = true;
        SyntaxNode value = ParseExpression();
        _stopAtIn = outer;
        ExpectKeyword("in");
        SyntaxNode body = ParseExpression();
        return new LetSyntax(name, value, body, SpanFrom(start));
    }

    private SelectSyntax ParseSelect()
    {
        TextSpan start = Current.Span;
        _position++;
        return new SelectSyntax(ParseClauses(), SpanFrom(start));
    }

    private QuantificationSyntax ParseQuantification(string word)
    {
        TextSpan start = Current.Span;
        if (word is "some" or "all" or "none" or "one") _diagnostics.Accepts(LenientForm.OtherQuantifiers, start);
        _position++;
        return new QuantificationSyntax(Keywords.Quantifiers[word], ParseClauses(), SpanFrom(start));
    }

    private AggregateSyntax ParseAggregate(string word)
    {
        TextSpan start = Current.Span;
        SyntaxNode? value = null;
        bool hasValue = !ClauseFollows();
        _position++;
        if (hasValue)
        {
            value = ParseOperators(Precedence.Additive);
            ExpectKeyword("over");
        }
        return new AggregateSyntax(word, value, ParseClauses(), SpanFrom(start));
    }

    private List<ClauseSyntax> ParseClauses()
    {
        List<ClauseSyntax> clauses = [];
        do
        {
            TextSpan start = Current.Span;
            string variable = ExpectName();
            ExpectKeyword("from");
            SyntaxNode source = ParsePostfix();
            SyntaxNode? condition = TakeKeyword("where") || TakeSymbol(":") ? ParseExpression() : null;
            clauses.Add(new ClauseSyntax(variable, source, condition, SpanFrom(start)));
        }
        while (Current.IsSymbol(",") && _lastFault != _position && TakeSymbol(","));
        return clauses;
    }
}
