namespace Muster.Services.Segmentation.Jobs;

/// <summary>What becomes of profiles beyond what AEP recommends. Identities need no such rule: the graph never has more than 50 in one person.</summary>
public sealed record Guardrails
{
    /// <summary>The most events that a profile should have.</summary>
    public const int MaxEvents = 5000;

    /// <summary>True to leave profiles with more events out of all audiences and to count them in the job's metrics; false to evaluate them.</summary>
    public bool ExcludesOversized { get; init; }

    /// <summary>
    /// The most units of work that a definition, or an expression that definitions share, may take in a job: a row looked at is one. What
    /// needs
    /// more fails alone. A definition of AEP's kinds over a hundred million events needs less than a hundredth of it; a join of a profile's
    /// events with themselves may need more.
    /// </summary>
    public long WorkPerDefinition { get; init; } = 100_000_000_000;
}
