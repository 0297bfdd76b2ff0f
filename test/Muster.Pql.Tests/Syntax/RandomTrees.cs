using System.Collections.Concurrent;
using CsCheck;
using Muster.Pql.Binding;
using Muster.Pql.Diagnostics;
using Muster.Pql.Syntax;

namespace Muster.Pql.Tests.Syntax;

/// <summary>Random syntax trees in the shape that the parser gives.</summary>
internal static class RandomTrees
{
    private static readonly TextSpan Nowhere = new(0, 0);
    private static readonly Gen<string> Names = Pick("a", "b_1", "_x", "next", "été", "2 go", "and", "count", "day", "profile", "of",
        "over", "xEvent", "from");
    private static readonly Gen<TimeUnit> Units = Gen.Enum<TimeUnit>();
    private static readonly Gen<string> Comparisons = Pick("=", "!=", "<", "<=", ">", ">=");

    // One generator a depth: each level refers to the one below dozens of times.
    private static readonly ConcurrentDictionary<int, Gen<SyntaxNode>> Levels = new();

    public static Gen<SyntaxNode> Queries { get; } = Gen.Int[0, 4].SelectMany(Node);

    public static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<SyntaxNode> Node(int depth) => Levels.GetOrAdd(depth, MakeNode);

    private static Gen<SyntaxNode> MakeNode(int depth) => depth == 0 ? Leaf : Gen.Frequency(
        (1, Leaf),
        (3, Gen.OneOf(Operators(depth - 1))),
        (3, Gen.OneOf(Paths(depth - 1))),
        (2, Gen.OneOf(Constructs(depth - 1))));

    private static Gen<SyntaxNode> Leaf { get; } = Gen.OneOf<SyntaxNode>(
        Pick<object?>(null, true, false).Select(b => (SyntaxNode)new LiteralSyntax(b, Nowhere)),
        Gen.Long.Select(v => (SyntaxNode)new LiteralSyntax(v, Nowhere)),
        Gen.Double.Where(double.IsFinite).Select(v => (SyntaxNode)new LiteralSyntax(v, Nowhere)),
        Gen.String.Where(s => !s.Any(char.IsSurrogate)).Select(v => (SyntaxNode)new LiteralSyntax(v, Nowhere)),
        Names.Select(n => (SyntaxNode)new NameSyntax(n, Nowhere)),
        Gen.Int[0, 3].Select(l => (SyntaxNode)new ItemSyntax(l, Nowhere)),
        Gen.Int[1, 3].Select(p => (SyntaxNode)new ParameterSyntax(p, Nowhere)),
        Pick<int?>(null, -1, 0, 1).Select(d => (SyntaxNode)new TimeWordSyntax(d, Nowhere)),
        Gen.Const((SyntaxNode)new ContextReferenceSyntax("id;version=1", Nowhere)));

    private static Gen<SyntaxNode>[] Operators(int depth) =>
    [
        Gen.Select(Pick("+", "-", "*", "/", "%", "=", "!=", "<", "<=", ">", ">=", "like", "matches", "in", "notIn", "?:"), Node(depth),
            Node(depth))
            .Select((o, l, r) => (SyntaxNode)new BinarySyntax(o, l, r, Nowhere)),
        Gen.Select(Gen.Bool, Node(depth).Array[2, 4]).Select((and, nodes) => SyntaxTree.Logical(and, nodes, Nowhere)),
        Node(depth).Select(n => (SyntaxNode)new UnarySyntax(false, n, Nowhere)),
        Node(depth).Select(n => SyntaxTree.Negate(n, Nowhere)),
        Gen.Select(Node(depth), Qualification(depth)).Select((t, q) => (SyntaxNode)new OccursSyntax(t, q, Nowhere)),
    ];

    private static Gen<SyntaxNode>[] Paths(int depth) =>
    [
        Gen.Select(Node(depth), Names).Select((t, n) => (SyntaxNode)new MemberSyntax(t, n, Nowhere)),
        Gen.Select(Node(depth), Node(depth)).Select((t, c) => (SyntaxNode)new FilterSyntax(t, c, Nowhere)),
        Gen.Select(Pick("f", "exists", "sum", "count", "if", "date", "inSegment", "topN", "equals"), Node(depth).Array[1, 3])
            .Select((f, a) => SyntaxTree.Call(f, a, Nowhere)),
        Pick("f", "currentMonth").Select(f => SyntaxTree.Call(f, [], Nowhere)),
        Node(depth).Array[0, 3].Select(e => (SyntaxNode)new ListSyntax(e, Nowhere)),
        Gen.Select(Gen.String[0, 4].Where(s => !s.Any(char.IsSurrogate)), Node(depth)).Array[0, 3]
            .Select(f => (SyntaxNode)new ObjectSyntax(f, Nowhere)),
    ];

    private static Gen<SyntaxNode>[] Constructs(int depth) =>
    [
        Gen.Select(Names.Array[0, 2], Node(depth)).Select((p, b) => (SyntaxNode)new LambdaSyntax(p, b, Nowhere)),
        Gen.Select(Names, Node(depth), Node(depth)).Select((n, v, b) => (SyntaxNode)new LetSyntax(n, v, b, Nowhere)),
        Clauses(depth).Select(c => (SyntaxNode)new SelectSyntax(c, Nowhere)),
        Gen.Select(Gen.Enum<Quantifier>(), Clauses(depth)).Select((q, c) => (SyntaxNode)new QuantificationSyntax(q, c, Nowhere)),
        Gen.Select(Pick("sum", "min", "count"), Gen.Null(Node(depth), 0.5), Clauses(depth))
            .Select((f, v, c) => (SyntaxNode)new AggregateSyntax(f, v, c, Nowhere)),
        Gen.Select(Node(depth), Element(depth),
            Gen.OneOf<ChainLinkSyntax>(Element(depth).Select(e => (ChainLinkSyntax)e), Gap(depth)).Array[0, 2])
            .Select((a, e, l) => (SyntaxNode)new ChainSyntax(a, ["x", "timestamp"], [e, .. l], Nowhere)),
    ];

    private static Gen<ClauseSyntax[]> Clauses(int depth) =>
        Gen.Select(Names, Node(depth), Gen.Null(Node(depth), 0.5)).Select((n, s, c) => new ClauseSyntax(n, s, c, Nowhere)).Array[1, 2];

    private static Gen<ChainElementSyntax> Element(int depth) =>
        Gen.Select(Gen.Null(Names, 0.5), Node(depth), Gen.Null(Qualification(depth), 0.5), Gen.Null(Node(depth), 0.5), Gen.Null(Count, 0.5))
            .Select((l, w, t, c, n) => new ChainElementSyntax(l, w, t, c, n, Nowhere));

    private static Gen<ChainLinkSyntax> Gap(int depth) =>
        Gen.Select(Comparisons, Node(depth), Units).Select((c, n, u) => (ChainLinkSyntax)new ChainGapSyntax(c, n, u, Nowhere));

    private static Gen<ChainCount> Count { get; } = Gen.Select(Gen.Int[0, 3], Pick<int?>(null, 0, 2))
        .Select((min, more) => new ChainCount(min, min + more));

    private static Gen<SyntaxNode> Reference(int depth) =>
        Gen.OneOf(Node(depth), Gen.Select(Gen.Int[-1, 1], Units).Select((o, u) => (SyntaxNode)new PeriodSyntax(o, u, Nowhere)));

    private static Gen<TimeQualificationSyntax> Qualification(int depth) => Gen.OneOf(
        Gen.Select(Pick(TimeRelation.On, TimeRelation.Before, TimeRelation.After), Reference(depth))
            .Select((r, x) => new TimeQualificationSyntax(r, null, null, TimeUnit.Day, x, null, Nowhere)),
        Gen.Select(Reference(depth), Reference(depth))
            .Select((x, y) => new TimeQualificationSyntax(TimeRelation.Between, null, null, TimeUnit.Day, x, y, Nowhere)),
        Gen.Select(Pick(TimeRelation.From, TimeRelation.Before, TimeRelation.After), Comparisons, Node(depth), Units, Reference(depth))
            .Select((r, c, n, u, x) => new TimeQualificationSyntax(r, c, n, u, x, null, Nowhere)));
}
