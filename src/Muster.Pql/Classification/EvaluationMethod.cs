using Muster.Pql.Diagnostics;

namespace Muster.Pql.Classification;

/// <summary>How a segment can be evaluated.</summary>
public enum EvaluationMethod
{
    /// <summary>Over all profiles, by a job.</summary>
    Batch,

    /// <summary>As records come in.</summary>
    Streaming,

    /// <summary>While somebody waits, from a profile near by.</summary>
    Edge,
}

/// <summary>Why a query cannot be evaluated by a method.</summary>
/// <param name="Code">Stable: one of <see cref="ObstacleCodes"/>.</param>
/// <param name="Message">One sentence for people.</param>
/// <param name="Span">The part of the text that forbids it.</param>
public sealed record Obstacle(string Code, string Message, TextSpan Span);

/// <summary>The codes of obstacles; the rules are those of May 2025.</summary>
public static class ObstacleCodes
{
    /// <summary>Events without a window, or in one that is longer than a day.</summary>
    public const string Window = "method.window";

    /// <summary>Events are counted or aggregated.</summary>
    public const string Frequency = "method.frequency";

    /// <summary>Several events that are not in strict order.</summary>
    public const string Order = "method.order";

    /// <summary>Every event is negated.</summary>
    public const string Negation = "method.negation";

    /// <summary>Membership of another segment.</summary>
    public const string Segment = "method.segment";

    /// <summary>A date without its year.</summary>
    public const string IgnoreYear = "method.ignoreYear";

    /// <summary>Traits of an audience manager.</summary>
    public const string Traits = "method.traits";
}
