namespace Muster.Pql.Patterns;

/// <summary>A regular expression as a tree. Immutable.</summary>
internal abstract record PatternNode
{
    /// <summary>Direct parts.</summary>
    public virtual IReadOnlyList<PatternNode> Children => [];
}

/// <summary>One character of a set; case is in the set already.</summary>
internal sealed record SetPattern(CharacterSet Set) : PatternNode;

/// <summary>One after the other; of none the empty text.</summary>
internal sealed record SequencePattern(IReadOnlyList<PatternNode> Parts) : PatternNode
{
    public override IReadOnlyList<PatternNode> Children => Parts;
}

/// <summary>The first that leads to a match.</summary>
internal sealed record AlternationPattern(IReadOnlyList<PatternNode> Choices) : PatternNode
{
    public override IReadOnlyList<PatternNode> Children => Choices;
}

/// <summary>How many repetitions are tried first, and whether fewer or more are tried later.</summary>
internal enum RepeatMode
{
    Greedy,
    Lazy,
    Possessive,
}

/// <summary>Maximum is null without a limit.</summary>
internal sealed record RepeatPattern(PatternNode Body, int Minimum, int? Maximum, RepeatMode Mode) : PatternNode
{
    public override IReadOnlyList<PatternNode> Children => [Body];
}

/// <summary>A capturing group, numbered from 1.</summary>
internal sealed record GroupPattern(PatternNode Body, int Number) : PatternNode
{
    public override IReadOnlyList<PatternNode> Children => [Body];
}

/// <summary><c>(?&gt;...)</c>: the first way to match it is the only one.</summary>
internal sealed record AtomicPattern(PatternNode Body) : PatternNode
{
    public override IReadOnlyList<PatternNode> Children => [Body];
}

/// <summary><c>(?=...)</c>, <c>(?!...)</c>, <c>(?&lt;=...)</c>, <c>(?&lt;!...)</c>.</summary>
internal sealed record LookPattern(PatternNode Body, bool IsBehind, bool IsNegative) : PatternNode
{
    public override IReadOnlyList<PatternNode> Children => [Body];
}

/// <summary>The text of a group again; no match before the group has matched.</summary>
internal sealed record BackReferencePattern(int Group, bool IgnoreCase) : PatternNode;

/// <summary>Places. Only line feeds end lines.</summary>
internal enum Anchor
{
    TextStart,
    TextEnd,
    LastLineEnd,
    LineStart,
    LineEnd,
    WordBoundary,
    NoWordBoundary,
}

/// <summary>A place without characters.</summary>
internal sealed record AnchorPattern(Anchor Anchor) : PatternNode;

/// <summary>A pattern that was read.</summary>
/// <param name="Root">The tree.</param>
/// <param name="Groups">Number of capturing groups.</param>
internal sealed record ParsedPattern(PatternNode Root, int Groups);
