using Muster.Pql.Diagnostics;

namespace Muster.Pql.Syntax;

/// <summary>Makes nodes in their one shape, so that text, JSON and printing agree on the tree.</summary>
internal static class SyntaxTree
{
    /// <summary>No tree may be higher: later stages recurse.</summary>
    public const int DepthLimit = 256;

    private static readonly HashSet<string> BinaryOperators =
        ["+", "-", "*", "/", "%", "=", "!=", "<", "<=", ">", ">=", "like", "matches", "in", "notIn", "?:"];

    /// <summary>What stringCompare can be asked for.</summary>
    public static readonly IReadOnlyList<string> StringTests = ["equals", "notEqualTo", "contains", "doesNotContain", "startsWith",
        "doesNotStartWith", "endsWith",
        "doesNotEndWith", "matches", "like"];

    /// <summary>A call; operators and filter called by name become their own nodes.</summary>
    public static SyntaxNode Call(string function, IReadOnlyList<SyntaxNode> arguments, TextSpan span, TextSpan nameSpan = default) =>
        (function, arguments.Count) switch
        {
            ("and" or "or", > 0) => Logical(function == "and", arguments, span),
            ("not" or "!", 1) => new UnarySyntax(false, arguments[0], span),
            ("negate", 1) => Negate(arguments[0], span),
            ("filter", 2) => new FilterSyntax(arguments[0], arguments[1], span),
            // The test's name comes first, and the call is that of the test.
            ("stringCompare", > 2) when arguments[0] is LiteralSyntax { Value: string test } && StringTests.Contains(test) =>
                Call(test, arguments.Skip(1).ToArray(), span, nameSpan),
            ("list", _) => new ListSyntax(arguments, span),
            (_, 2) when BinaryOperators.Contains(function) => new BinarySyntax(function, arguments[0], arguments[1], span),
            _ => new CallSyntax(function, arguments, span) { NameSpan = nameSpan },
        };

    /// <summary>and / or with operands of the same kind spliced in.</summary>
    public static SyntaxNode Logical(bool isAnd, IReadOnlyList<SyntaxNode> operands, TextSpan span)
    {
        if (operands.Count == 1) return operands[0];
        SyntaxNode[] flat = operands.SelectMany(o => o is LogicalSyntax same && same.IsAnd == isAnd ? same.Operands : [o]).ToArray();
        return new LogicalSyntax(isAnd, flat, span);
    }

    /// <summary>Unary minus; of a number the number.</summary>
    public static SyntaxNode Negate(SyntaxNode operand, TextSpan span) => operand switch
    {
        LiteralSyntax { Value: long and not long.MinValue and long value } => new LiteralSyntax(-value, span),
        LiteralSyntax { Value: double value } => new LiteralSyntax(-value, span),
        _ => new UnarySyntax(true, operand, span),
    };

    // Each clause and each element of a chain sees those before it: they are levels too.
    private static int Variables(SyntaxNode node) => node switch
    {
        SelectSyntax select => select.Clauses.Count,
        QuantificationSyntax quantification => quantification.Clauses.Count,
        AggregateSyntax aggregate => aggregate.Clauses.Count,
        ChainSyntax chain => chain.Links.Count,
        _ => 0,
    };

    /// <summary>True if the tree is higher than <see cref="DepthLimit"/>; does not recurse.</summary>
    public static bool IsTooDeep(SyntaxNode root)
    {
        Stack<(SyntaxNode Node, int Depth)> open = new([(root, 1)]);
        while (open.TryPop(out (SyntaxNode Node, int Depth) current))
        {
            if (current.Depth > DepthLimit || Variables(current.Node) > DepthLimit) return true;
            foreach (SyntaxNode child in current.Node.Children) open.Push((child, current.Depth + 1));
        }
        return false;
    }
}
