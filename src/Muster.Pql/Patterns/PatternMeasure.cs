namespace Muster.Pql.Patterns;

/// <summary>What can be said about a pattern without a text. Depth is limited by the parser.</summary>
internal static class PatternMeasure
{
    /// <summary>Lengths beyond count as without a limit.</summary>
    private const long Unlimited = int.MaxValue;

    /// <summary>True if an automaton can find it: no look-around, back-reference, atomic group or possessive repetition.</summary>
    public static bool IsRegular(PatternNode node) =>
        node is not (LookPattern or AtomicPattern or BackReferencePattern or RepeatPattern { Mode: RepeatMode.Possessive })
        && node.Children.All(IsRegular);

    /// <summary>Number of steps with all repetitions written out; at most <see cref="int.MaxValue"/>.</summary>
    public static long Size(PatternNode node)
    {
        long inner = 1;
        foreach (PatternNode child in node.Children) inner = Math.Min(inner + Size(child), Unlimited);
        return node is RepeatPattern repeat ? Math.Min(inner * Math.Max(1, Math.Max(repeat.Minimum, repeat.Maximum ?? 0)), Unlimited)
            : inner;
    }

    /// <summary>The fewest characters that it takes.</summary>
    public static long MinimumLength(PatternNode node) => node switch
    {
        SetPattern => 1,
        SequencePattern sequence => Math.Min(sequence.Parts.Sum(MinimumLength), Unlimited),
        AlternationPattern alternation => alternation.Choices.Min(MinimumLength),
        RepeatPattern repeat => Math.Min(MinimumLength(repeat.Body) * repeat.Minimum, Unlimited),
        GroupPattern group => MinimumLength(group.Body),
        AtomicPattern atomic => MinimumLength(atomic.Body),
        _ => 0,
    };

    /// <summary>The most characters that it takes; null without a limit.</summary>
    public static long? MaximumLength(PatternNode node)
    {
        switch (node)
        {
            case SetPattern: return 1;
            case BackReferencePattern: return null;
            case RepeatPattern repeat:
                if (MaximumLength(repeat.Body) is not { } body) return null;
                return body == 0 ? 0 : repeat.Maximum is { } most && body * most < Unlimited ? body * most : null;
            case AlternationPattern alternation:
                return alternation.Choices.Any(c => MaximumLength(c) is null) ? null
                    : alternation.Choices.Max(c => MaximumLength(c)!.Value);
            case LookPattern or AnchorPattern: return 0;
            default:
                long total = 0;
                foreach (PatternNode child in node.Children)
                {
                    if (MaximumLength(child) is not { } length || (total += length) >= Unlimited) return null;
                }
                return total;
        }
    }
}
