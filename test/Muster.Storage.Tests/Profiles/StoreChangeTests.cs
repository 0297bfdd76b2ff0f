using CsCheck;
using Muster.Engine.Columns;
using Muster.Pql.Types;
using Muster.Storage.Lake;
using Muster.Storage.Profiles;

namespace Muster.Storage.Tests.Profiles;

/// <summary>However batches come and go, in whatever portions: the profiles are those of the batches that are in.</summary>
public sealed class StoreChangeTests
{
    private static readonly DataType People = DataType.ObjectOf(
        ("_id", DataType.String), ("identityMap", RunFormat.IdentityMapType),
        ("person", DataType.ObjectOf(("name", DataType.String), ("age", DataType.Integer))), ("tags", DataType.ArrayOf(DataType.String)));

    private static readonly DataType Orders = DataType.ObjectOf(
        ("_id", DataType.String), ("identityMap", RunFormat.IdentityMapType), ("timestamp", DataType.Timestamp), ("price", DataType.Double));

    private static readonly MergeMethod[] Methods =
    [
        MergeMethod.Default,
        new MergeMethod { Graph = GraphType.None },
        new MergeMethod { Precedence = ["people1", "people0", "orders0"] },
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void PrepareAsync_AnyHistory_MeansTheBatchesThatAreIn() =>
        Gen.Select(Gen.Int, Gen.Int[0, 4].Array[6]).Sample((seed, steps) => CompareAsync(seed, steps).GetAwaiter().GetResult(), iter: 3, threads: 1);

    // Each batch comes in one of these ways: 0 with the next, 1 alone, 2 alone and then some other goes, 3 alone and then compaction, 4 alone and
    // then everything is made anew or opened again.
    private static async Task CompareAsync(int seed, int[] steps)
    {
        using var folder = new SandboxFolder();
        var random = new Random(seed);
        LakeBatch[] batches = [.. steps.Select((_, b) => RandomBatch(folder, random, b))];
        ProfileStore store = await folder.OpenAsync();
        var live = new List<LakeBatch>();
        var pending = new List<LakeBatch>();
        await SandboxFolder.ApplyAsync(store, new StoreChange { AddedViews = Methods[..2] });
        for (int b = 0; b < batches.Length; b++)
        {
            pending.Add(batches[b]);
            if (steps[b] == 0 && b < batches.Length - 1) continue;
            LakeBatch? goes = steps[b] == 2 && live.Count > 0 ? live[random.Next(live.Count)] : null;
            await SandboxFolder.ApplyAsync(store, new StoreChange
            {
                Added = [.. pending],
                RemovedBatches = goes is null || random.Next(2) == 0 ? new HashSet<string>() : new HashSet<string> { goes.BatchId },
                AddedViews = b == 3 ? [Methods[2]] : [],
            });
            live.AddRange(pending);
            pending.Clear();
            if (goes is not null)
            {
                await SandboxFolder.ApplyAsync(store, new StoreChange { RemovedBatches = new HashSet<string> { goes.BatchId } });
                live.Remove(goes);
            }
            if (steps[b] == 3)
                foreach (ProfileView view in store.Current.Views.Where(v => v.Runs.Count > 1)) await SandboxFolder.CompactAsync(store, view.Method);
            if (steps[b] != 4) continue;
            if (random.Next(2) == 0)
            {
                await SandboxFolder.ApplyAsync(store, new StoreChange { Rebuilds = true });
                continue;
            }
            string manifest = System.Text.Json.JsonSerializer.Serialize(store.Current);
            await store.DisposeAsync();
            store = await folder.OpenAsync(System.Text.Json.JsonSerializer.Deserialize<StoreManifest>(manifest));
        }
        await using ProfileStore plain = await folder.OpenAsync();
        await SandboxFolder.ApplyAsync(plain, new StoreChange { Added = live, AddedViews = Methods });
        await SandboxFolder.ApplyAsync(store, new StoreChange { AddedViews = Methods });
        foreach (MergeMethod method in Methods) Assert.Equal(await DescribeAsync(plain, method), await DescribeAsync(store, method));
        await store.DisposeAsync();
    }

    private static LakeBatch RandomBatch(SandboxFolder folder, Random random, int number)
    {
        bool events = number % 2 == 1;
        IEnumerable<string> rows = Enumerable.Range(0, number == 0 ? 60 : random.Next(1, 8)).Select(_ =>
        {
            string ids = SandboxFolder.Ids([.. Enumerable.Range(0, random.Next(1, 3)).Select(i => (i == 0 ? "Email" : "ECID", "" + random.Next(40), i == 0))]);
            return events
                ? $"('e{random.Next(30)}', {ids}, {RandomRecords.Value(DataType.Timestamp, random)}, {RandomRecords.Value(DataType.Double, random)})"
                : $"({RandomRecords.Value(DataType.String, random)}, {ids}, {RandomRecords.Value(People.Fields[2].Type, random)}, {RandomRecords.Value(People.Fields[3].Type, random)})";
        });
        return folder.Batch(
            (events ? "orders" : "people") + random.Next(2), events ? DatasetBehavior.TimeSeries : DatasetBehavior.Record, events ? Orders : People,
            "VALUES " + string.Join(", ", rows));
    }

    // Ordinals depend on the portions; all else does not.
    private static async Task<string> DescribeAsync(ProfileStore store, MergeMethod method)
    {
        var profiles = new List<string>();
        foreach (long ordinal in await AliveAsync(store, method))
        {
            ProfileDocument profile = (await store.ReadProfileAsync(store.Current, method, ordinal, Stop))!;
            var text = new System.Text.StringBuilder();
            text.Append(profile.Entity.ToJsonString()).Append(profile.HasRecord).Append(profile.LastModifiedAt).AppendLine(string.Join(',', profile.Sources));
            IReadOnlyList<ProfileEvent> events = await store.ReadEventsAsync(store.Current, method, ordinal, new EventQuery(), Stop);
            foreach (ProfileEvent e in events) text.Append(e.IngestedAt).AppendLine(e.Entity.ToJsonString());
            profiles.Add(text.ToString());
        }
        return string.Join('\n', profiles.Order(StringComparer.Ordinal));
    }

    private static async Task<List<long>> AliveAsync(ProfileStore store, MergeMethod method)
    {
        await using IBlockSource blocks = store.OpenBlocks(store.Current, method);
        var alive = new List<long>();
        for (int b = 0; b < blocks.BlockCount; b++)
        {
            Block block = await blocks.ReadAsync(b, new ColumnRequest(), 0, Stop);
            for (int row = 0; row < block.Count; row++)
                if (block.Alive is null || (block.Alive[row >> 6] & (1UL << row)) != 0) alive.Add(block.Ordinals[row]);
        }
        Assert.Equal(blocks.ProfileCount, alive.Count);
        Assert.Equal(alive.Count, alive.Distinct().Count());
        return alive;
    }
}
