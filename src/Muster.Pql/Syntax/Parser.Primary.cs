using System.Globalization;
using Muster.Pql.Diagnostics;
using Muster.Pql.Dialects;
using Muster.Pql.Text;

namespace Muster.Pql.Syntax;

/// <summary>Postfix and primary expressions.</summary>
internal sealed partial class Parser
{
    private SyntaxNode ParsePostfix()
    {
        if (!TryNest()) return Missing();
        SyntaxNode target = ParsePrimary();
        for (int links = 0; Current.IsSymbol(".") || Current.IsSymbol("["); links++)
        {
            if (links > SyntaxTree.DepthLimit)
            {
                TooDeep();
                break;
            }
            if (TakeSymbol("["))
            {
                SyntaxNode condition = ParseInBrackets();
                Expect("]");
                target = new FilterSyntax(target, condition, SpanFrom(target.Span));
                continue;
            }
            _position++;
            TextSpan nameSpan = Current.Span;
            string name = ExpectName();
            if (Current.IsSymbol("(")) CheckFunctionName(name, nameSpan);
            target = Current.IsSymbol("(")
                ? SyntaxTree.Call(name, ParseArguments(target), SpanFrom(target.Span), nameSpan)
                : new MemberSyntax(target, name, SpanFrom(target.Span));
        }
        _depth--;
        return target;
    }

    // Between back-ticks anything can stand, but no function is called like that.
    private void CheckFunctionName(string name, TextSpan span)
    {
        bool isPlain = name.Length > 0 && Lexer.IsIdentifierStart(name[0]) && name.All(Lexer.IsIdentifierPart)
            && !name.Any(char.IsSurrogate);
        if (!isPlain) _diagnostics.Error(DiagnosticCodes.Expected, span, "Here a function's name should stand.");
    }

    private List<SyntaxNode> ParseArguments(SyntaxNode? receiver)
    {
        Expect("(");
        List<SyntaxNode> arguments = receiver is null ? [] : [receiver];
        ParseSequence(")", () => arguments.Add(ParseInBrackets()));
        return arguments;
    }

    /// <summary>Comma-separated things up to a closing symbol, which is taken.</summary>
    private void ParseSequence(string closing, Action parseOne)
    {
        if (TakeSymbol(closing)) return;
        while (true)
        {
            int before = _position;
            parseOne();
            if (TakeSymbol(",")) continue;
            if (TakeSymbol(closing)) return;
            Fault($"',' or '{closing}'");
            if (TakeSymbol(",") && _position > before) continue;
            TakeSymbol(closing);
            return;
        }
    }

    private SyntaxNode ParsePrimary()
    {
        Token token = Current;
        switch (token.Kind)
        {
            case TokenKind.Identifier: return ParseWord();
            case TokenKind.QuotedIdentifier:
                _position++;
                return TakeSymbol("=>") ? FinishLambda([token.Text], token.Span) : new NameSyntax(token.Text, token.Span);
            case TokenKind.String:
                _position++;
                return new LiteralSyntax(token.Text, token.Span);
            case TokenKind.Integer or TokenKind.Double:
                _position++;
                return ParseNumber(token);
            case TokenKind.Parameter:
                _position++;
                return new ParameterSyntax(int.TryParse(token.Text, CultureInfo.InvariantCulture, out int position) ? position
                    : int.MaxValue, token.Span);
            case TokenKind.ContextReference:
                _position++;
                return new ContextReferenceSyntax(token.Text, token.Span);
            case TokenKind.Symbol when token.Text == "(": return LambdaFollows() ? ParseLambda() : ParseParenthesised();
            case TokenKind.Symbol when token.Text == "[":
                _position++;
                List<SyntaxNode> elements = [];
                ParseSequence("]", () => elements.Add(ParseInBrackets()));
                return new ListSyntax(elements, SpanFrom(token.Span));
            case TokenKind.Symbol when token.Text == "{": return ParseObject();
            case TokenKind.Symbol when token.Text == "^": return ParseUp();
            default:
                Fault("an expression");
                return Missing();
        }
    }

    private LiteralSyntax ParseNumber(Token token)
    {
        if (token.Kind == TokenKind.Integer && long.TryParse(token.Text, CultureInfo.InvariantCulture, out long integer))
            return new LiteralSyntax(integer, token.Span);
        double number = double.Parse(token.Text, CultureInfo.InvariantCulture);
        if (token.Kind == TokenKind.Integer || !double.IsFinite(number))
            _diagnostics.Error(DiagnosticCodes.BadNumber, token.Span, "The number is too large; a whole number has at most 64 bits.");
        return new LiteralSyntax(number, token.Span);
    }

    /// <summary>
    /// <c>(e)</c>, or the list <c>(a, b)</c>. A list of one needs no form: after <c>in</c> what is not an array counts as an array of one.
    /// </summary>
    private SyntaxNode ParseParenthesised()
    {
        TextSpan start = Current.Span;
        _position++;
        List<SyntaxNode> elements = [];
        if (Current.IsSymbol(")")) Fault("an expression", skip: false);
        ParseSequence(")", () => elements.Add(ParseInBrackets()));
        if (elements.Count != 1) _diagnostics.Accepts(LenientForm.RoundLists, SpanFrom(start));
        return elements.Count == 1 ? elements[0] : new ListSyntax(elements, SpanFrom(start));
    }

    private ObjectSyntax ParseObject()
    {
        TextSpan start = Current.Span;
        _position++;
        List<(string, SyntaxNode)> fields = [];
        ParseSequence("}", () =>
        {
            string name = Current.Text;
            if (Current.Kind == TokenKind.String) _position++;
            else Fault("a name in quotes", skip: false);
            Expect(":");
            fields.Add((name, ParseInBrackets()));
        });
        return new ObjectSyntax(fields, SpanFrom(start));
    }

    private SyntaxNode ParseUp()
    {
        TextSpan start = Current.Span;
        int level = 0;
        while (TakeSymbol("^")) level++;
        ItemSyntax item = new(level, SpanFrom(start));
        // ^name is ^.name; without a name it is the item itself, and what follows is up to the caller.
        if (!Current.IsName) return item;
        TextSpan nameSpan = Current.Span;
        string name = ExpectName();
        if (Current.IsSymbol("(")) CheckFunctionName(name, nameSpan);
        return Current.IsSymbol("(") ? SyntaxTree.Call(name, ParseArguments(item), SpanFrom(start))
            : new MemberSyntax(item, name, SpanFrom(start));
    }

    /// <summary>At an opening bracket: is it the parameter list of a lambda?</summary>
    private bool LambdaFollows()
    {
        int position = _position + 1;
        while (_tokens[position].IsName || _tokens[position].IsSymbol(",")) position++;
        return _tokens[position].IsSymbol(")") && _tokens[position + 1].IsSymbol("=>");
    }

    private LambdaSyntax ParseLambda()
    {
        TextSpan start = Current.Span;
        _position++;
        List<string> parameters = [];
        ParseSequence(")", () => parameters.Add(ExpectName()));
        Expect("=>");
        return FinishLambda(parameters, start);
    }

    private LambdaSyntax FinishLambda(IReadOnlyList<string> parameters, TextSpan start) =>
        new(parameters, ParseExpression(), SpanFrom(start));
}
