using CsCheck;
using Muster.Storage.Membership;

namespace Muster.Storage.Tests.Membership;

/// <summary>
/// Random sets that meet every kind of container: stretches of neighbours, of every n-th ordinal, and lone ones, over a few chunks.
/// </summary>
internal static class OrdinalSets
{
    private static readonly Gen<long[]> Stretch = Gen.Select(
        Gen.Long[0, 200_000], Gen.Int[1, 3_000], Gen.OneOf(1, 1, 1, 2, 7, 64, 65_535),
        (first, count, step) => Enumerable.Range(0, count > 300 && step > 64 ? 3 : count).Select(i => first + (long)i * step).ToArray());

    private static readonly Gen<long[]> Wide = Gen.Select(
        Gen.Int[0, 2], Gen.Int[4_000, 40_000],
        (chunk, count) => Enumerable.Range(0, count).Select(i => chunk * 65_536L + i * 65_536L / count).ToArray());

    public static Gen<HashSet<long>> Model { get; } =
        Gen.OneOf(Stretch, Stretch, Stretch, Wide).List[0, 5].Select(parts => parts.SelectMany(part => part).ToHashSet());

    public static OrdinalSet ToSet(this IEnumerable<long> ordinals) => OrdinalSet.Of(ordinals);
}
