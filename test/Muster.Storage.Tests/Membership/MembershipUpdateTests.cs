using CsCheck;
using Muster.Storage.Membership;

namespace Muster.Storage.Tests.Membership;

public class MembershipUpdateTests
{
    private const long Day = 24L * 60 * 60 * 1000;
    private static readonly string[] Ids = ["a", "b", "c"];

    private static readonly MembershipStatus[] Statuses =
        [MembershipStatus.Realized, MembershipStatus.Existing, MembershipStatus.Exited, MembershipStatus.Member];

    private sealed record Step(
        long Elapsed,
        Dictionary<string, HashSet<long>> Evaluated,
        Dictionary<long, long> Retired,
        HashSet<long> Deleted,
        HashSet<string> Existing);

    private static readonly Gen<HashSet<long>> Members = Gen.OneOf(
        Gen.Long[0, 60].HashSet[0, 30],
        Gen.Select(Gen.Long[0, 40], Gen.Int[0, 20], (first, n) => Enumerable.Range(0, n).Select(i => first + i).ToHashSet()));

    /// <summary>
    /// Ordinals are few, so that re-entries and merges meet, and are spread over chunks. Time may stand still; it may leap past 30 days.
    /// </summary>
    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.OneOf(0, Day, Day, 12 * Day, 29 * Day, 31 * Day), Gen.Dictionary(Gen.OneOf(Ids), Members)[0, 3],
        Gen.Dictionary(Gen.Long[0, 60], Gen.Long[0, 60])[0, 3], Gen.Long[0, 60].HashSet[0, 2], Gen.Int[0, 20],
        (elapsed, evaluated, merges, deleted, drop) => new Step(
            elapsed,
            evaluated.ToDictionary(e => e.Key, e => e.Value.Select(Spread).ToHashSet()),
            // Always from higher to lower: no cycles, chains are met.
            merges.Where(m => m.Key > m.Value).ToDictionary(m => Spread(m.Key), m => Spread(m.Value)),
            deleted.Select(Spread).ToHashSet(),
            Ids.Where((_, i) => i != drop).ToHashSet()));

    private static long Spread(long small) => small * 4_001 % 61 * 5_003;

    [Fact]
    public void Write_RandomSequencesOfJobs_AgreesWithTheModel() =>
        Steps.Array[1, 8].Sample(
            steps =>
            {
                using TemporaryFolder folder = new();
                MembershipModel model = new();
                MembershipFile? file = null;
                long time = 1_700_000_000_000;
                for (int i = 0; i < steps.Length; i++)
                {
                    Step step = steps[i];
                    time += step.Elapsed;
                    Dictionary<long, long> retired = WithoutCycles(step.Retired);
                    MembershipUpdate update = new()
                    {
                        Space = "pdg",
                        Time = time,
                        Previous = file,
                        Evaluated = step.Evaluated.ToDictionary(e => e.Key, e => e.Value.ToSet()),
                        Remap = OrdinalRemap.None.Then(retired, new Dictionary<long, long[]>(), []),
                        Deleted = step.Deleted.ToSet(),
                        ExistingSegments = step.Existing,
                    };
                    IReadOnlyDictionary<string, MembershipCounters> counters = update.Write(folder.File($"{i}"));
                    Assert.Equal(model.Update(time, step.Evaluated, retired, step.Deleted, step.Existing), counters);
                    file?.Dispose();
                    file = MembershipFile.Open(folder.File($"{i}"));
                    Assert.Equal(time, file.Time);
                    AssertAgrees(model, file);
                }
                file?.Dispose();
            },
            iter: 100);

    [Fact]
    public void Write_MemberStaysLeavesAndComesBack_KeepsAndMovesItsTime()
    {
        using TemporaryFolder folder = new();
        MembershipFile? file = null;
        List<string> seen = [];
        foreach ((int day, long[] members) in new (int, long[])[] { (0, [7]), (1, [7]), (2, []), (3, []), (4, [7]), (5, []), (36, []) })
        {
            MembershipFile next = Next(folder, file, day, ("s", OrdinalSet.Of(members)));
            file?.Dispose();
            file = next;
            seen.Add(string.Join(",", file.OfProfile(7).Select(m => $"{m.Status}@{m.LastQualificationTime / Day}")));
        }
        file!.Dispose();
        Assert.Equal(["Realized@0", "Existing@0", "Exited@2", "Exited@2", "Realized@4", "Exited@5", ""], seen);
    }

    [Fact]
    public void Write_OtherSegmentEvaluated_CopiesTheBytesOfTheRest()
    {
        using TemporaryFolder folder = new();
        OrdinalSet large = Enumerable.Range(0, 200_000).Where(i => i % 3 != 1).Select(i => (long)i).ToSet();
        using MembershipFile first = Next(folder, null, 0, ("a", large), ("b", OrdinalSet.Of(1, 2)));
        using MembershipFile second = Next(folder, first, 1, ("b", OrdinalSet.Of(2, 3)));
        Assert.Equal(0, second.Find("a")!.LastEvaluation);
        Assert.Equal(MembershipStatus.Realized, Assert.Single(second.OfProfile(0)).Status);
        Assert.Equal(Bytes(first), Bytes(second));

        static byte[] Bytes(MembershipFile file)
        {
            using MemoryStream stream = new();
            file.CopyTo(file.Find("a")!, stream);
            return stream.ToArray();
        }
    }

    [Fact]
    public void OfProfile_MergedSinceTheJob_IsWhatTheNextJobWillSay()
    {
        using TemporaryFolder folder = new();
        OrdinalSet one = OrdinalSet.Of(1), two = OrdinalSet.Of(2);
        using MembershipFile first = Next(folder, null, 0, ("left", one), ("both", one.Or(two)), ("tie", one));
        using MembershipFile second = Next(folder, first, 1, ("left", two), ("late", two), ("tie", two));
        new MembershipUpdate
        {
            Space = "pdg",
            Time = 2 * Day,
            Previous = second,
            Evaluated = new Dictionary<string, OrdinalSet>(),
            Remap = OrdinalRemap.None.Then(new Dictionary<long, long> { [1] = 3, [2] = 3 }, new Dictionary<long, long[]>(), []),
        }.Write(folder.File("third"));
        using MembershipFile third = MembershipFile.Open(folder.File("third"));
        Assert.Equal(["both", "late", "left", "tie"], third.OfProfile(3).Select(m => m.SegmentId));
        Assert.Equal(third.OfProfile(3), second.OfProfile(3, 1, 2));
        Assert.Equal(third.OfProfile(3), second.OfProfile(3, 2, 1));
        Assert.All(third.OfProfile(3), m => Assert.NotEqual(MembershipStatus.Exited, m.Status));
        Assert.Empty(third.OfProfile(1));
    }

    [Fact]
    public void Write_PreviousIsDamaged_SaysSoAndLeavesNothing()
    {
        using TemporaryFolder folder = new();
        Next(folder, null, 0, ("a", OrdinalSet.Of(1, 5, 9)), ("b", OrdinalSet.Of(2, 4))).Dispose();
        byte[] bytes = File.ReadAllBytes(folder.File("day0"));
        // The last byte of the first segment's words.
        bytes[48 + 16 + 24 + 5] ^= 1;
        File.WriteAllBytes(folder.File("day0"), bytes);
        using MembershipFile damaged = MembershipFile.Open(folder.File("day0"));
        Assert.Throws<MembershipFileException>(() => Next(folder, damaged, 1, ("a", OrdinalSet.Of(1)), ("b", OrdinalSet.Of(1))));
        Assert.Equal([folder.File("day0")], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Write_FileIsThere_LeavesItAndNothingElse()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("taken"), "mine");
        MembershipUpdate update = new() { Space = "pdg", Time = 1, Evaluated = new Dictionary<string, OrdinalSet>() };
        Assert.Throws<IOException>(() => update.Write(folder.File("taken")));
        Assert.Equal("mine", File.ReadAllText(folder.File("taken")));
        Assert.Equal([folder.File("taken")], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Write_PreviousOfAnotherSpace_IsRefused()
    {
        using TemporaryFolder folder = new();
        using MembershipFile first = Next(folder, null, 0);
        MembershipUpdate update = new() { Space = "none", Time = 1, Previous = first, Evaluated = new Dictionary<string, OrdinalSet>() };
        Assert.Throws<ArgumentException>(() => update.Write(folder.File("other")));
    }

    [Fact]
    public void Then_Cycle_IsRefused() =>
        Assert.Throws<ArgumentException>(() => OrdinalRemap.None.Then(new Dictionary<long, long> { [1] = 2, [2] = 3, [3] = 1 }, new Dictionary<long, long[]>(), []));

    private static MembershipFile Next(
        TemporaryFolder folder, MembershipFile? previous, int day, params (string Id, OrdinalSet Members)[] evaluated)
    {
        string path = folder.File($"day{day}");
        new MembershipUpdate
        {
            Space = "pdg",
            Time = day * Day,
            Previous = previous,
            Evaluated = evaluated.ToDictionary(e => e.Id, e => e.Members),
        }.Write(path);
        return MembershipFile.Open(path);
    }

    private static Dictionary<long, long> WithoutCycles(Dictionary<long, long> retired)
    {
        Dictionary<long, long> kept = [];
        foreach ((long from, long to) in retired)
            if (from != to && !kept.ContainsKey(to) && !kept.ContainsValue(from)) kept.Add(from, to);
        return kept;
    }

    private static void AssertAgrees(MembershipModel model, MembershipFile file)
    {
        Assert.Equal(model.Entries.Keys.Order(StringComparer.Ordinal), file.Segments.Select(segment => segment.Id));
        long[] everyone = [.. Enumerable.Range(0, 61).Select(i => Spread(i)).Distinct().Order()];
        ulong[] bits = new ulong[(everyone.Length + 63) / 64];
        foreach ((string id, SortedDictionary<long, MembershipModel.Entry> entries) in model.Entries)
        {
            foreach (MembershipStatus statuses in Statuses)
            {
                long[] expected = [.. entries.Where(e => (model.Status(id, e.Value) & statuses) != 0).Select(e => e.Key)];
                Assert.Equal(expected, file.Select(id, statuses));
                Assert.Equal(expected.Length, file.Find(id)!.Count(statuses));
            }
            long middle = file.Time - Day;
            Assert.Equal(entries.Where(e => e.Value.Time >= middle && e.Value.Time <= file.Time - 1).Select(e => e.Key),
                file.Select(id, MembershipStatus.Member | MembershipStatus.Exited, middle, file.Time - 1));
            file.Fill(id, everyone, bits);
            Assert.Equal(everyone.Where(o => entries.TryGetValue(o, out MembershipModel.Entry? e) && !e.Exited),
                everyone.Where((_, row) => (bits[row >> 6] & (1UL << row)) != 0));
        }
        foreach (long ordinal in everyone)
        {
            Assert.Equal(
                from segment in model.Entries.OrderBy(e => e.Key, StringComparer.Ordinal)
                where segment.Value.ContainsKey(ordinal)
                let entry = segment.Value[ordinal]
                select new ProfileMembership(segment.Key, model.Status(segment.Key, entry), entry.Time),
                file.OfProfile(ordinal));
        }
    }
}
