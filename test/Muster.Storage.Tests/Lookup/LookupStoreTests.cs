using System.Text.Json.Nodes;
using CsCheck;
using Muster.Pql.Types;
using Muster.Storage.Files;
using Muster.Storage.Lake;
using Muster.Storage.Lookup;
using Muster.Storage.Profiles;
using Muster.Storage.Tests.Profiles;

namespace Muster.Storage.Tests.Lookup;

public class LookupStoreTests
{
    private static readonly DataType _membership = DataType.MapOf(DataType.MapOf(DataType.ObjectOf(
        ("status", DataType.String), ("lastQualificationTime", DataType.Timestamp))));

    private static readonly MergeMethod _alone = new() { Graph = GraphType.None };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void ReadStoredAsync_RandomDataAndChanges_EqualsTheSlowReader() =>
        Gen.Select(RandomRecords.Types(3).Array[1, 5], Gen.Int).Sample(
            (types, seed) => CompareAsync(types, seed).GetAwaiter().GetResult(), iter: 3, threads: 1);

    [Fact]
    public async Task ReadStoredAsync_ManyProfiles_WhileAndAfterTheFill_TheSame()
    {
        using var folder = new SandboxFolder();
        string lookup = Path.Combine(folder.Root, "lookup");
        await using ProfileStore store = await OpenAsync(folder, lookup);
        LookupStore lookups = store.Lookups!;
        await SandboxFolder.ApplyAsync(store, People(folder, 5000, "first"));
        await CompareAsync(store, Enumerable.Range(0, 50).Select(i => i * 97L));
        await lookups.WhenFilledAsync();
        Assert.Equal((1, 1, null), (lookups.State.Runs, lookups.State.FilledRuns, lookups.State.Failure));
        await CompareAsync(store, Enumerable.Range(0, 500).Select(i => i * 9L));
        Assert.Null(await ReadAsync(store, store.Current, 5000));

        StoreManifest before = store.Current;
        using IDisposable pin = store.Pin(before);
        await SandboxFolder.ApplyAsync(store, People(folder, 100, "second"));
        Assert.Contains("second", await TextAsync(store, store.Current, 7), StringComparison.Ordinal);
        await lookups.WhenFilledAsync();
        Assert.Contains("second", await TextAsync(store, store.Current, 7), StringComparison.Ordinal);
        Assert.Contains("first", await TextAsync(store, before, 7), StringComparison.Ordinal);
        Assert.Contains("first", await TextAsync(store, store.Current, 107), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drop_RunReplaced_ItsFilesGo()
    {
        using var folder = new SandboxFolder();
        string lookup = Path.Combine(folder.Root, "lookup");
        await using ProfileStore store = await OpenAsync(folder, lookup);
        LookupStore lookups = store.Lookups!;
        for (int round = 0; round < 5; round++)
        {
            // Without a wait every second time, so that a fill is under way when its run goes.
            await SandboxFolder.ApplyAsync(store, People(folder, 3000, "round" + round));
            if (round > 0) await SandboxFolder.CompactAsync(store);
            if (round % 2 == 0) await lookups.WhenFilledAsync();
        }
        await lookups.WhenFilledAsync();
        Assert.Equal(lookups.State.Runs, lookups.State.FilledRuns);
        Assert.Equal(lookups.State.Runs, Directory.GetDirectories(lookup).Length);
    }

    [Theory]
    [InlineData(Damage.None)]
    [InlineData(Damage.Missing)]
    [InlineData(Damage.Truncated)]
    [InlineData(Damage.Garbage)]
    [InlineData(Damage.ForeignFolder)]
    [InlineData(Damage.NoMarker)]
    public async Task OpenAsync_AfterDamage_FillsAgain(Damage damage)
    {
        using var folder = new SandboxFolder();
        string lookup = Path.Combine(folder.Root, "lookup");
        StoreManifest manifest;
        await using (ProfileStore first = await OpenAsync(folder, lookup))
        {
            LookupStore lookups = first.Lookups!;
            await SandboxFolder.ApplyAsync(first, People(folder, 3000, "first"));
            await lookups.WhenFilledAsync();
            manifest = first.Current;
        }

        string run = Directory.GetDirectories(lookup).Single();
        DateTime written = Directory.GetCreationTimeUtc(Files(run).First());
        switch (damage)
        {
            case Damage.Missing: Directory.Delete(lookup, recursive: true); break;
            case Damage.Truncated: Truncate(Files(run).Last()); break;
            case Damage.Garbage: File.WriteAllText(Path.Combine(run, "CURRENT"), "nothing\n"); break;
            case Damage.ForeignFolder: Directory.Move(run, Path.Combine(lookup, "other")); break;
            case Damage.NoMarker: foreach (string file in Files(run)) File.Delete(file); break;
        }

        await using ProfileStore again = await OpenAsync(folder, lookup, manifest);

        LookupStore reopened = again.Lookups!;
        await CompareAsync(again, [0, 1, 2999]);
        await reopened.WhenFilledAsync();
        Assert.Equal((1, 1, null), (reopened.State.Runs, reopened.State.FilledRuns, reopened.State.Failure));
        Assert.Equal(run, Directory.GetDirectories(lookup).Single());
        Assert.Equal(damage == Damage.None, Directory.GetCreationTimeUtc(Files(run).First()) == written);
        await CompareAsync(again, [0, 1, 2999]);
    }

    [Fact]
    public async Task ReadStoredAsync_DamageFoundWhileReading_ReadsTheRunAndFillsAgain()
    {
        using var folder = new SandboxFolder();
        string lookup = Path.Combine(folder.Root, "lookup");
        StoreManifest manifest;
        await using (ProfileStore first = await OpenAsync(folder, lookup))
        {
            LookupStore lookups = first.Lookups!;
            await SandboxFolder.ApplyAsync(first, People(folder, 3000, "first"));
            await lookups.WhenFilledAsync();
            manifest = first.Current;
        }

        string sorted = Files(Directory.GetDirectories(lookup).Single()).First();
        byte[] bytes = File.ReadAllBytes(sorted);
        // The blocks of data come first; the index and the marker's block are at the end, so it opens.
        for (int i = 0; i < bytes.Length / 2; i++) bytes[i] ^= 0x55;
        File.WriteAllBytes(sorted, bytes);

        await using ProfileStore again = await OpenAsync(folder, lookup, manifest);

        LookupStore reopened = again.Lookups!;
        await reopened.WhenFilledAsync();
        Assert.Null(reopened.State.Failure);
        await CompareAsync(again, [0, 1, 2, 1000, 2999]);
        Assert.NotNull(reopened.State.Failure);
        await reopened.WhenFilledAsync();
        Assert.Equal(1, reopened.State.FilledRuns);
        await CompareAsync(again, [0, 1, 2, 1000, 2999]);
    }

    private static async Task CompareAsync(DataType[] types, int seed)
    {
        using var folder = new SandboxFolder();
        var random = new Random(seed);
        string lookup = Path.Combine(folder.Root, "lookup");
        DataType schema = DataType.ObjectOf(
            [new Field("_id", DataType.String), new Field("identityMap", RunFormat.IdentityMapType), new Field("segmentMembership", _membership),
                .. types.Select((t, i) => new Field("c\"é" + i, t))]);
        ProfileStore store = await OpenAsync(folder, lookup);
        LookupStore lookups = store.Lookups!;
        try
        {
            await SandboxFolder.ApplyAsync(store, new StoreChange { AddedViews = [_alone] });
            for (int change = 0; change < 4; change++)
            {
                IEnumerable<string> rows = Enumerable.Range(0, 30).Select(r =>
                    $"('r{change}-{r}', {SandboxFolder.Ids(("Email", "p" + random.Next(60), true), ("ECID", "e" + random.Next(200), false))}, "
                    + $"{RandomRecords.Value(_membership, random)}, {string.Join(", ", types.Select(t => RandomRecords.Value(t, random)))})");
                await SandboxFolder.ApplyAsync(store, folder.Batch("d" + change % 2, DatasetBehavior.Record, schema, "VALUES " + string.Join(", ", rows)));
                await CompareAllAsync(store);
                if (random.Next(2) == 0) await lookups.WhenFilledAsync();
                if (change > 0 && random.Next(3) == 0) await SandboxFolder.CompactAsync(store);
                if (random.Next(4) == 0)
                {
                    StoreManifest manifest = store.Current;
                    await store.DisposeAsync();
                    if (random.Next(2) == 0) Directory.Delete(lookup, recursive: true);
                    store = await OpenAsync(folder, lookup, manifest);
                    lookups = store.Lookups!;
                }
            }
            await lookups.WhenFilledAsync();
            Assert.Equal((lookups.State.Runs, null), (lookups.State.FilledRuns, lookups.State.Failure));
            await CompareAllAsync(store);
        }
        finally
        {
            await store.DisposeAsync();
        }
    }

    private static async Task CompareAllAsync(ProfileStore store)
    {
        await CompareAsync(store, Ordinals(store.Current.NextProfileOrdinal));
        await CompareAsync(store, Ordinals(store.Current.NextIdentityOrdinal), _alone);
    }

    private static IEnumerable<long> Ordinals(long count) => Enumerable.Range(0, (int)count).Select(i => (long)i);

    private static async Task CompareAsync(ProfileStore store, IEnumerable<long> ordinals, MergeMethod? under = null)
    {
        MergeMethod method = under ?? MergeMethod.Default;
        foreach (long ordinal in ordinals)
        {
            ProfileDocument? slow = await store.ReadProfileAsync(store.Current, method, ordinal, Stop);
            StoredProfile? fast = await ReadAsync(store, store.Current, ordinal, method);
            Assert.Equal(slow is null, fast is null);
            if (slow is null || fast is null) continue;
            JsonObject entity = JsonNode.Parse(fast.Document.Span)!.AsObject();
            Assert.False(entity.ContainsKey("segmentMembership"));
            if (fast.ForeignMemberships.Length > 0) entity["segmentMembership"] = JsonNode.Parse(fast.ForeignMemberships.Span);
            Assert.True(JsonNode.DeepEquals(slow.Entity, entity), $"{slow.Entity.ToJsonString()}\n{entity.ToJsonString()}");
            Assert.Equal(slow.Entity.Select(f => f.Key).Where(k => k != "segmentMembership"), entity.Select(f => f.Key).Where(k => k != "segmentMembership"));
            Assert.Equal((slow.Ordinal, slow.LastModifiedAt, slow.HasRecord), (fast.Ordinal, fast.LastModifiedAt, fast.HasRecord));
            Assert.Equal(slow.Sources, fast.Sources);
        }
    }

    private static async Task<string> TextAsync(ProfileStore store, StoreManifest manifest, long ordinal) =>
        System.Text.Encoding.UTF8.GetString((await ReadAsync(store, manifest, ordinal))!.Document.Span);

    private static async Task<StoredProfile?> ReadAsync(ProfileStore store, StoreManifest manifest, long ordinal, MergeMethod? method = null)
    {
        using PinnedProfiles pinned = store.Pin(manifest);
        return await pinned.ReadAsync(method ?? MergeMethod.Default, ordinal);
    }

    private static LakeBatch People(SandboxFolder folder, int count, string name) => folder.Batch(
        "people", DatasetBehavior.Record,
        DataType.ObjectOf(("_id", DataType.String), ("identityMap", RunFormat.IdentityMapType), ("person", DataType.ObjectOf(("name", DataType.String)))),
        $"SELECT 'r' || i, map(['Email'], [[struct_pack(id := 'p' || i, \"primary\" := true, authenticatedState := NULL::VARCHAR)]]), "
        + $"struct_pack(name := '{name} ' || repeat('x', 300) || i) FROM range({count}) t(i)");

    private static Task<ProfileStore> OpenAsync(SandboxFolder folder, string lookup, StoreManifest? manifest = null) =>
        ProfileStore.OpenAsync(folder.Root, manifest ?? StoreManifest.Empty, SandboxFolder.Options, DurableFiles.Plain, Stop, lookup);

    private static IEnumerable<string> Files(string run) => Directory.EnumerateFiles(run, "*.sst").Order(StringComparer.Ordinal);

    private static void Truncate(string file)
    {
        using FileStream stream = File.OpenWrite(file);
        stream.SetLength(stream.Length / 2);
    }

    public enum Damage
    {
        None,
        Missing,
        Truncated,
        Garbage,
        ForeignFolder,
        NoMarker,
    }
}
