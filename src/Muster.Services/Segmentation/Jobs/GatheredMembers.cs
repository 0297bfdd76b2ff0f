using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Storage.Membership;

namespace Muster.Services.Segmentation.Jobs;

/// <summary>The members that one worker found in its blocks: a set for each segment of the plan, and last the set of all profiles it saw.</summary>
internal sealed class GatheredMembers
{
    private readonly OrdinalSetBuilder[] _builders;

    public GatheredMembers(int segments) => _builders = Enumerable.Range(0, segments + 1).Select(_ => new OrdinalSetBuilder()).ToArray();

    /// <summary>Adds the result of a block.</summary>
    public void Add(Block block, EvaluationResult found)
    {
        for (int i = 0; i < _builders.Length - 1; i++) _builders[i].Add(block.Ordinals, found.Members(i));
        _builders[^1].Add(block.Ordinals, AliveRows.Of(block));
    }

    /// <summary>The sets of all workers together, in the same order: segments + 1 of them.</summary>
    public static OrdinalSet[] Unite(IReadOnlyList<GatheredMembers> parts)
    {
        var sets = new OrdinalSet[parts[0]._builders.Length];
        Parallel.For(0, sets.Length, i => sets[i] = parts.Select(p => p._builders[i].Build()).Aggregate((all, more) => all.Or(more)));
        return sets;
    }
}
