using System.Text;
using Muster.Pql.Diagnostics;
using Muster.Pql.Dialects;

namespace Muster.Pql.Text;

/// <summary>Cuts a query into tokens. Whatever the text, it ends with an End token; faults become diagnostics and are skipped.</summary>
internal sealed class Lexer(string text, DiagnosticBag diagnostics)
{
    private static readonly string[] TwoCharacterSymbols = ["!=", "<=", ">=", "==", "<>", "=>", "?:"];
    private const string OneCharacterSymbols = "()[]{},.:=<>+-*/%!^";

    private readonly List<Token> _tokens = [];
    private int _position;

    public static List<Token> Read(string text, DiagnosticBag diagnostics)
    {
        Lexer lexer = new(text, diagnostics);
        while (lexer._position < text.Length) lexer.ReadOne();
        lexer._tokens.Add(new Token(TokenKind.End, "", new TextSpan(text.Length, 0)));
        return lexer._tokens;
    }

    public static bool IsIdentifierStart(char c) => char.IsAsciiLetter(c) || c == '_' || IsOtherLetter(c);

    public static bool IsIdentifierPart(char c) => IsIdentifierStart(c) || char.IsAsciiDigit(c);

    // Surrogates: the letters outside the basic plane come in pairs.
    private static bool IsOtherLetter(char c) => c > 127 && (char.IsLetter(c) || char.IsSurrogate(c));

    private void ReadOne()
    {
        char c = text[_position];
        if (c is ' ' or '\t' or '\r' or '\n' or '\u00A0') _position++;
        else if (IsIdentifierStart(c) && WidthOfLetter() > 0) ReadIdentifier();
        else if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1)))) ReadNumber();
        else if (c is '"' or '\'') ReadString(c);
        else if (c == '`') ReadDelimited(TokenKind.QuotedIdentifier, 1, '`');
        else if (c == '@' && Peek(1) == '{') ReadDelimited(TokenKind.ContextReference, 2, '}');
        else if (c == '$' && char.IsAsciiDigit(Peek(1))) ReadParameter();
        else ReadSymbol(c);
    }

    private char Peek(int offset) => _position + offset < text.Length ? text[_position + offset] : '\0';

    private void Add(TokenKind kind, string value, int start) =>
        _tokens.Add(new Token(kind, value, new TextSpan(start, _position - start)));

    private void ReadIdentifier()
    {
        int start = _position;
        while (_position < text.Length && IsIdentifierPart(text[_position]) && WidthOfLetter() is > 0 and var width) _position += width;
        Add(TokenKind.Identifier, text[start.._position], start);
    }

    /// <summary>1, or 2 for a pair of surrogates; 0 for half of one, which is no letter.</summary>
    private int WidthOfLetter()
    {
        if (!char.IsSurrogate(text[_position])) return 1;
        return char.IsHighSurrogate(text[_position]) && char.IsLowSurrogate(Peek(1)) ? 2 : 0;
    }

    private void ReadParameter()
    {
        int start = _position++;
        SkipDigits();
        Add(TokenKind.Parameter, text[(start + 1).._position], start);
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Peek(0))) _position++;
    }

    private void ReadNumber()
    {
        int start = _position;
        bool isDouble = false;
        SkipDigits();
        if (Peek(0) == '.' && char.IsAsciiDigit(Peek(1)))
        {
            isDouble = true;
            _position++;
            SkipDigits();
        }
        int signs = Peek(1) is '+' or '-' ? 1 : 0;
        if (Peek(0) is 'e' or 'E' && char.IsAsciiDigit(Peek(1 + signs)))
        {
            isDouble = true;
            _position += 1 + signs;
            SkipDigits();
        }
        string digits = text[start.._position];
        if (!isDouble && Peek(0) is 'L' or 'l' && !IsIdentifierPart(Peek(1))) _position++;
        Add(isDouble ? TokenKind.Double : TokenKind.Integer, digits, start);
    }

    private void ReadDelimited(TokenKind kind, int opening, char closing)
    {
        int start = _position;
        int end = text.IndexOf(closing, start + opening);
        _position = end < 0 ? text.Length : end + 1;
        if (end < 0 || (end == start + opening))
        {
            diagnostics.Error(
                DiagnosticCodes.UnterminatedString, new TextSpan(start, _position - start), end < 0 ? $"The closing {closing} is missing."
                    : "The name is empty.");
        }
        Add(kind, text[(start + opening)..(end < 0 ? text.Length : end)], start);
    }

    private void ReadString(char quote)
    {
        int start = _position++;
        if (quote == '\'') diagnostics.Accepts(LenientForm.SingleQuotes, new TextSpan(start, 1));
        StringBuilder value = new();
        while (_position < text.Length && text[_position] != quote)
        {
            if (text[_position] == '\\') ReadEscape(value);
            else value.Append(text[_position++]);
        }
        if (_position < text.Length) _position++;
        else diagnostics.Error(DiagnosticCodes.UnterminatedString, new TextSpan(start, _position - start),
            "The string has no closing quote.");
        Add(TokenKind.String, value.ToString(), start);
    }

    private void ReadEscape(StringBuilder value)
    {
        char escaped = Peek(1);
        const string Names = "\"'\\/bfnrt", Values = "\"'\\/\b\f\n\r\t";
        int index = escaped == '\0' ? -1 : Names.IndexOf(escaped, StringComparison.Ordinal);
        if (index >= 0)
        {
            value.Append(Values[index]);
            _position += 2;
        }
        else if (escaped == 'u' && Enumerable.Range(2, 4).All(i => char.IsAsciiHexDigit(Peek(i))))
        {
            value.Append((char)Convert.ToUInt16(text.Substring(_position + 2, 4), 16));
            _position += 6;
        }
        else
        {
            diagnostics.Accepts(LenientForm.UnknownEscapes, new TextSpan(_position, 1));
            diagnostics.Warning(DiagnosticCodes.UnknownEscape, new TextSpan(_position, 1), "A backslash in a string is written twice.",
                new DiagnosticFix(new TextSpan(_position, 1), "\\\\"));
            value.Append('\\');
            _position++;
        }
    }

    private void ReadSymbol(char c)
    {
        int start = _position;
        foreach (string symbol in TwoCharacterSymbols)
        {
            if (c != symbol[0] || Peek(1) != symbol[1]) continue;
            _position += 2;
            Add(TokenKind.Symbol, symbol, start);
            return;
        }
        _position++;
        if (OneCharacterSymbols.Contains(c)) Add(TokenKind.Symbol, c.ToString(), start);
        else diagnostics.Error(DiagnosticCodes.BadCharacter, new TextSpan(start, 1), $"The character {c} means nothing here.");
    }
}
