using Muster.Pql.Diagnostics;

namespace Muster.Pql.Text;

/// <summary>The kinds of tokens. Keywords are contextual, so they are identifiers here.</summary>
internal enum TokenKind
{
    End,
    Identifier,
    QuotedIdentifier,
    String,
    Integer,
    Double,
    Parameter,
    ContextReference,
    Symbol,
}

/// <summary>
/// One token. <paramref name="Text"/> is the value: a string without quotes and escapes, a quoted name without back-ticks, the digits of a
/// number or parameter, the characters of a symbol.
/// </summary>
internal readonly record struct Token(TokenKind Kind, string Text, TextSpan Span)
{
    public bool IsSymbol(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    public bool IsKeyword(string keyword) => Kind == TokenKind.Identifier && Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    /// <summary>A name after a dot, where no word is reserved.</summary>
    public bool IsName => Kind is TokenKind.Identifier or TokenKind.QuotedIdentifier;
}
