using System.Collections.Immutable;

namespace Muster.Services.Tests.Outages;

/// <summary>What a server has acknowledged: none of it may be lost, whatever happens. Immutable.</summary>
/// <param name="Batches">Batches that were opened, with the number of their uploads that were acknowledged.</param>
/// <param name="Completed">Batches whose COMPLETE was acknowledged.</param>
/// <param name="Jobs">Segment jobs that were accepted.</param>
/// <param name="Exports">Exports that were accepted.</param>
/// <param name="Erasures">Requests to forget a person that were accepted.</param>
internal sealed record OutageLedger(
    ImmutableDictionary<string, int> Batches, ImmutableHashSet<string> Completed, ImmutableList<string> Jobs, ImmutableList<long> Exports,
    ImmutableList<string> Erasures)
{
    public static OutageLedger Empty { get; } = new(ImmutableDictionary<string, int>.Empty, [], [], [], []);
}
