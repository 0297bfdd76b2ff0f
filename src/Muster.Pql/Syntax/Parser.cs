using Muster.Pql.Diagnostics;
using Muster.Pql.Dialects;
using Muster.Pql.Text;

namespace Muster.Pql.Syntax;

/// <summary>
/// Recursive descent with precedence climbing. After a fault it reports once, looks for the next bracket or comma and goes on, so that one
/// run finds several. It never throws; a tree is of use only if there is no error. This file: the token stream and operators.
/// </summary>
internal sealed partial class Parser
{
    // A printed tree needs up to four recursions for each of its levels: with brackets and without, of operators and of their operands.
    private const int RecursionLimit = 4 * SyntaxTree.DepthLimit;

    private readonly DiagnosticBag _diagnostics;
    private readonly List<Token> _tokens;
    private int _position;
    private int _brackets;
    private int _depth;
    private int _lastFault = -1;

    // Set while the value of a let is read at its own bracket level, where `in` ends it.
    private bool _stopAtIn;

    private Parser(List<Token> tokens, DiagnosticBag diagnostics)
    {
        _tokens = tokens;
        _diagnostics = diagnostics;
    }

    private Token Current => _tokens[_position];

    /// <summary>Parses a whole query.</summary>
    public static SyntaxNode Parse(string text, DiagnosticBag diagnostics)
    {
        Parser parser = new(Lexer.Read(text, diagnostics), diagnostics);
        SyntaxNode query = parser.ParseExpression();
        if (parser.Current.Kind != TokenKind.End) parser.Fault("the end of the query");
        if (!diagnostics.HasErrors && SyntaxTree.IsTooDeep(query)) parser.TooDeep();
        return query;
    }

    private SyntaxNode ParseExpression() => ParseOperators(Precedence.Or);

    /// <summary>An expression within brackets, where the rules of the outside do not hold.</summary>
    private SyntaxNode ParseInBrackets()
    {
        bool outer = _stopAtIn;
        _stopAtIn = false;
        _brackets++;
        if (_brackets > SyntaxTree.DepthLimit) TooDeep();
        SyntaxNode expression = ParseExpression();
        _brackets--;
        _stopAtIn = outer;
        return expression;
    }

    private SyntaxNode ParseOperators(int minimum)
    {
        if (!TryNest()) return Missing();
        SyntaxNode left = ParsePrefix(minimum);
        int terms = 0;
        while (OperatorHere() is (string name, int precedence) && precedence >= minimum)
        {
            if (precedence is Precedence.And or Precedence.Or)
            {
                left = ParseLogical(left, name, precedence);
                continue;
            }
            if (++terms > SyntaxTree.DepthLimit)
            {
                TooDeep();
                break;
            }
            _position++;
            if (precedence == Precedence.Comparison)
            {
                left = ParseComparison(left, name);
                // Comparisons do not chain: a < b < c is a mistake.
                if (OperatorHere() is (_, Precedence.Comparison)) Fault("'and' or 'or', since comparisons do not chain", skip: false);
            }
            else
            {
                SyntaxNode right = ParseOperators(precedence == Precedence.Default ? precedence : precedence + 1);
                left = new BinarySyntax(name, left, right, TextSpan.Union(left.Span, right.Span));
            }
        }
        _depth--;
        return left;
    }

    private SyntaxNode ParseLogical(SyntaxNode first, string name, int precedence)
    {
        List<SyntaxNode> operands = [first];
        while (OperatorHere() is (string next, _) && next == name)
        {
            _position++;
            operands.Add(ParseOperators(precedence + 1));
        }
        return SyntaxTree.Logical(name == "and", operands, TextSpan.Union(first.Span, operands[^1].Span));
    }

    private SyntaxNode ParseComparison(SyntaxNode left, string name)
    {
        if (name == "occurs")
        {
            TimeQualificationSyntax qualification = ParseTimeQualification();
            return new OccursSyntax(left, qualification, TextSpan.Union(left.Span, qualification.Span));
        }
        SyntaxNode right = ParseOperators(Precedence.Default);
        return new BinarySyntax(name, left, right, TextSpan.Union(left.Span, right.Span));
    }

    private SyntaxNode ParsePrefix(int minimum)
    {
        Token token = Current;
        if (token.IsKeyword("not") && minimum <= Precedence.Not)
        {
            _position++;
            SyntaxNode operand = ParseOperators(Precedence.Not);
            return new UnarySyntax(false, operand, TextSpan.Union(token.Span, operand.Span));
        }
        if (token.IsSymbol("-") || token.IsSymbol("!"))
        {
            _position++;
            if (token.Text == "-" && Current is { Kind: TokenKind.Integer, Text: "9223372036854775808" })
                return new LiteralSyntax(long.MinValue, TextSpan.Union(token.Span, _tokens[_position++].Span));
            SyntaxNode operand = ParseOperators(Precedence.Unary);
            TextSpan span = TextSpan.Union(token.Span, operand.Span);
            return token.Text == "-" ? SyntaxTree.Negate(operand, span) : new UnarySyntax(false, operand, span);
        }
        return ParsePostfix();
    }

    /// <summary>The infix operator at the current token in its canonical spelling.</summary>
    private (string Name, int Precedence)? OperatorHere()
    {
        Token token = Current;
        if (token.Kind == TokenKind.Symbol)
        {
            switch (token.Text)
            {
                case "==" or "<>":
                    string canonical = token.Text == "==" ? "=" : "!=";
                    _diagnostics.Accepts(LenientForm.OtherOperators, token.Span);
                    _diagnostics.Warning(DiagnosticCodes.LenientSpelling, token.Span, $"{token.Text} is written {canonical}.",
                        new DiagnosticFix(token.Span, canonical));
                    return (canonical, Precedence.Comparison);
                case "=" or "!=" or "<" or "<=" or ">" or ">=": return (token.Text, Precedence.Comparison);
                case "?:": return (token.Text, Precedence.Default);
                case "+" or "-": return (token.Text, Precedence.Additive);
                case "*" or "/" or "%": return (token.Text, Precedence.Multiplicative);
                default: return null;
            }
        }
        if (token.Kind != TokenKind.Identifier) return null;
        return token.Text.ToLowerInvariant() switch
        {
            "or" => ("or", Precedence.Or),
            "and" => ("and", Precedence.And),
            "in" when !_stopAtIn => ("in", Precedence.Comparison),
            "notin" => ("notIn", Precedence.Comparison),
            "like" => ("like", Precedence.Comparison),
            "matches" => ("matches", Precedence.Comparison),
            "occurs" => ("occurs", Precedence.Comparison),
            _ => null,
        };
    }

    private bool TakeSymbol(string symbol)
    {
        if (!Current.IsSymbol(symbol)) return false;
        _position++;
        return true;
    }

    private bool TakeKeyword(string keyword)
    {
        if (!Current.IsKeyword(keyword)) return false;
        _position++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (TakeSymbol(symbol)) return;
        Fault($"'{symbol}'");
        TakeSymbol(symbol);
    }

    private void ExpectKeyword(string keyword)
    {
        if (!TakeKeyword(keyword)) Fault($"'{keyword}'", skip: false);
    }

    private string ExpectName()
    {
        if (Current.IsName) return _tokens[_position++].Text;
        Fault("a name", skip: false);
        return "";
    }

    private TextSpan SpanFrom(TextSpan start) => _position == 0 ? start : TextSpan.Union(start, _tokens[_position - 1].Span);

    private LiteralSyntax Missing() => new(null, new TextSpan(Current.Span.Start, 0));

    /// <summary>
    /// Counts a recursion that the caller ends by counting down; false, with the rest of the text skipped, when there are too many.
    /// </summary>
    private bool TryNest()
    {
        if (++_depth <= RecursionLimit) return true;
        _depth--;
        TooDeep();
        return false;
    }

    private void TooDeep()
    {
        _diagnostics.Error(DiagnosticCodes.Depth, Current.Span, $"The query is nested more than {SyntaxTree.DepthLimit} levels deep.");
        _position = _tokens.Count - 1;
        _lastFault = _position;
    }

    /// <summary>Reports what should stand here, once a place; then goes on to the next closing bracket or comma of this level.</summary>
    private void Fault(string expected, bool skip = true)
    {
        if (_lastFault != _position)
        {
            string found = Current.Kind == TokenKind.End ? "the query ends" : $"there is '{Shortened(Current.Text)}'";
            _diagnostics.Error(DiagnosticCodes.Expected, Current.Span, $"Here {expected} should stand, but {found}.");
        }
        _lastFault = _position;
        if (skip) SkipToBoundary();
        _lastFault = Math.Max(_lastFault, _position);
    }

    private void SkipToBoundary()
    {
        int level = 0;
        for (; Current.Kind != TokenKind.End; _position++)
        {
            if (Current.Kind != TokenKind.Symbol) continue;
            if (Current.Text is "(" or "[" or "{") level++;
            else if (Current.Text is ")" or "]" or "}" && level-- == 0) return;
            else if (Current.Text == "," && level == 0) return;
        }
    }

    private static string Shortened(string text) => text.Length > 40 ? text[..40] + "..." : text;
}
