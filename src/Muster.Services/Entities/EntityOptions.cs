namespace Muster.Services.Entities;

/// <summary>Bounds of entity access.</summary>
public sealed record EntityOptions
{
    /// <summary>The most identities of a bulk request.</summary>
    public const int MaxIdentities = 1000;

    /// <summary>The most events of a page.</summary>
    public const int MaxPage = 1000;

    /// <summary>The most conditions on fields of events.</summary>
    public const int MaxConditions = 3;

    /// <summary>The most identities that one person should have.</summary>
    public const int MaxGraph = 50;

    /// <summary>True to refuse people with more identities than <see cref="MaxGraph"/>, as AEP does; false to answer all the same.</summary>
    public bool RefusesLargeGraphs { get; init; }
}
