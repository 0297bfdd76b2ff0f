using System.Globalization;
using System.Text.Json.Nodes;
using CsCheck;
using Muster.Pql.Types;
using Muster.Storage.Lake;
using Muster.Storage.Profiles;

namespace Muster.Storage.Tests.Profiles;

/// <summary>What random arrivals come to, against models that know nothing of batches, runs and keys.</summary>
public sealed class ArrivalTests
{
    private const int Persons = 3;

    private static readonly string[] Fields = ["a", "b", "c"];

    private static readonly DataType Records = DataType.ObjectOf(
        ("identityMap", RunFormat.IdentityMapType), ("a", DataType.Integer), ("b", DataType.Integer), ("c", DataType.Integer),
        ("extSourceSystemAudit", DataType.ObjectOf(("lastUpdatedDate", DataType.Timestamp))));

    private static readonly DataType Events = DataType.ObjectOf(
        ("_id", DataType.String), ("identityMap", RunFormat.IdentityMapType), ("timestamp", DataType.Timestamp), ("number", DataType.Integer));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void PrepareAsync_DatasetsInAnyOrder_HaveTheValuesOfTheLatestSourceTime() =>
        Gen.Int.Sample(seed => MergeAsync(new Random(seed)).GetAwaiter().GetResult(), iter: 6, threads: 1);

    [Fact]
    public void PrepareAsync_RepeatedIds_CountOnceInEachDataset() =>
        Gen.Int.Sample(seed => RepeatAsync(new Random(seed)).GetAwaiter().GetResult(), iter: 6, threads: 1);

    private static async Task MergeAsync(Random random)
    {
        using var folder = new SandboxFolder();
        await using ProfileStore store = await folder.OpenAsync();
        // By dataset and person: the day of the source, and the values; no two of a person have the same day.
        (int Day, int?[] Values)[,] all = new (int, int?[])[5, Persons];
        int[] days = [.. Enumerable.Range(1, all.Length)];
        random.Shuffle(days);
        for (int cell = 0; cell < all.Length; cell++)
            all[cell / Persons, cell % Persons] = (days[cell], [.. Fields.Select(_ => random.Next(2) == 0 ? (int?)null : random.Next(1000))]);
        int[] order = [.. Enumerable.Range(0, 5)];
        random.Shuffle(order);
        LakeBatch[] batches = [.. order.Select(dataset => folder.Batch("d" + dataset, DatasetBehavior.Record, Records, "VALUES " + string.Join(", ",
            Enumerable.Range(0, Persons).Select(person => $"({Ids(person)}, {string.Join(", ", all[dataset, person].Values.Select(Cell))}, "
                + $"struct_pack(\"lastUpdatedDate\" := '2020-01-01T00:00:00Z'::TIMESTAMPTZ + INTERVAL {all[dataset, person].Day} DAY))"))))];
        await ApplyInPortionsAsync(store, batches, random);

        for (int person = 0; person < Persons; person++)
        {
            JsonObject entity = (await store.ReadProfileAsync(store.Current, MergeMethod.Default, Ordinal(store, person), Stop))!.Entity;
            for (int field = 0; field < Fields.Length; field++)
            {
                int? expected = Enumerable.Range(0, 5).Select(d => all[d, person]).OrderByDescending(r => r.Day).Select(r => r.Values[field]).FirstOrDefault(v => v is not null);
                Assert.Equal(expected, (int?)entity[Fields[field]]);
            }
        }
    }

    private static async Task RepeatAsync(Random random)
    {
        using var folder = new SandboxFolder();
        await using ProfileStore store = await folder.OpenAsync();
        var seen = new HashSet<(int, int)>();
        List<int>[] expected = [.. Enumerable.Range(0, Persons).Select(_ => new List<int>())];
        int number = 0, duplicates = 0;
        LakeBatch[] batches = [.. Enumerable.Range(0, 6).Select(_ =>
        {
            int dataset = random.Next(2);
            string rows = string.Join(", ", Enumerable.Range(0, random.Next(1, 12)).Select(_ =>
            {
                int person = random.Next(Persons), id = random.Next(12);
                // Without an id an event is like no other.
                if (id == 0 || seen.Add((dataset, id))) expected[person].Add(number);
                else duplicates++;
                return $"({(id == 0 ? "NULL" : $"'e{id}'")}, {Ids(person)}, '2024-01-01T00:00:00Z'::TIMESTAMPTZ, {number++})";
            }));
            return folder.Batch("events" + dataset, DatasetBehavior.TimeSeries, Events, "VALUES " + rows);
        })];
        await ApplyInPortionsAsync(store, batches, random);

        for (int person = 0; person < Persons; person++)
        {
            IReadOnlyList<ProfileEvent> found = store.FindProfile(GraphType.Pdg, "Email", "p" + person) is { } ordinal
                ? await store.ReadEventsAsync(store.Current, MergeMethod.Default, ordinal, new EventQuery { Limit = 1000 }, Stop) : [];
            Assert.Equal(expected[person], found.Select(e => (int)e.Entity["number"]!).Order());
        }

        Assert.Equal(duplicates, store.Current.Batches.Sum(b => b.Duplicates));
    }

    private static async Task ApplyInPortionsAsync(ProfileStore store, LakeBatch[] batches, Random random)
    {
        for (int next = 0; next < batches.Length;)
        {
            int count = random.Next(1, batches.Length - next + 1);
            await SandboxFolder.ApplyAsync(store, batches[next..(next + count)]);
            next += count;
            if (random.Next(3) == 0 && store.Current.Default.Runs.Count > 1) await SandboxFolder.CompactAsync(store);
        }
    }

    private static string Ids(int person) => SandboxFolder.Ids(("Email", "p" + person, true));

    private static long Ordinal(ProfileStore store, int person) => store.FindProfile(GraphType.Pdg, "Email", "p" + person)!.Value;

    private static string Cell(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "NULL";
}
