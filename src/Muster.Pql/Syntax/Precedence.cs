namespace Muster.Pql.Syntax;

/// <summary>How tightly operators bind: higher binds tighter.</summary>
internal static class Precedence
{
    /// <summary>select, exists, let, lambda...: open to the right, so always in brackets as an operand.</summary>
    public const int Open = 0;
    public const int Or = 1;
    public const int And = 2;
    public const int Not = 3;
    public const int Comparison = 4;
    public const int Default = 5;
    public const int Additive = 6;
    public const int Multiplicative = 7;
    public const int Unary = 8;
    public const int Postfix = 9;
}
