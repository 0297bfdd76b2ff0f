using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Muster.Storage.ControlPlane;
using Muster.Storage.Journal;
using Muster.Storage.Lake;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;
using Muster.Storage.Tests.Profiles;

namespace Muster.Storage.Tests.Sandboxes;

public sealed class SandboxStoreTests : IAsyncLifetime
{
    private const string Sandbox = "sandbox";

    private readonly string _root = Directory.CreateTempSubdirectory("muster-sandbox-").FullName;
    private ControlPlaneDatabase _database = null!;
    private SandboxJournal _journal = null!;
    private SandboxStores _stores = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private DataFolder Folder => new(_root);

    public async ValueTask InitializeAsync()
    {
        _database = await ControlPlaneDatabase.OpenAsync(_root, Stop);
        _journal = new SandboxJournal(_database, new FakeTimeProvider());
        Open();
    }

    public async ValueTask DisposeAsync()
    {
        await _stores.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task TakeSnapshotAsync_ViewsAreDroppedMeanwhile_HasThem()
    {
        SandboxStore store = await _stores.GetAsync(Sandbox);
        await store.CommitAsync(await PrepareAsync(store, "a"), JournalKinds.BatchCommitted, new { }, (_, _) => Task.FromResult(true), Stop);
        MergeMethod method = new() { Graph = GraphType.None };
        using var ended = new CancellationTokenSource();
        Task dropping = Task.Run(async () =>
        {
            while (!ended.IsCancellationRequested) await store.DropViewsExceptAsync([], Stop);
        }, Stop);

        for (int time = 0; time < 10; time++)
        {
            (SandboxSnapshot snapshot, _) = await store.TakeSnapshotAsync([method], Stop);
            Assert.True(snapshot.HasView(method));
            await snapshot.DisposeAsync();
        }

        await ended.CancelAsync();
        await dropping;
    }

    [Fact]
    public async Task CommitBatch_ChangeRefusesOrThrows_ChangesNothingAndTheNextCommits()
    {
        SandboxStore store = await _stores.GetAsync(Sandbox);
        PreparedApply refused = await PrepareAsync(store, "a");
        Assert.False(await store.CommitAsync(refused, JournalKinds.BatchCommitted, new { }, (_, _) => Task.FromResult(false), Stop));
        PreparedApply broken = await PrepareAsync(store, "b");
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            store.CommitAsync(broken, JournalKinds.BatchCommitted, new { }, (_, _) => throw new InvalidOperationException(), Stop));
        PreparedApply late = await PrepareAsync(store, "c");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            store.CommitAsync(late, JournalKinds.BatchCommitted, new { }, (_, _) => Task.FromResult(true), cancelled.Token));
        Assert.All(refused.Files.Concat(broken.Files).Concat(late.Files), f =>
            Assert.False(File.Exists(Path.Combine(Folder.Sandbox(Sandbox), f))));
        Assert.Empty(await NumbersAsync());

        Assert.True(await store.CommitAsync(await PrepareAsync(store, "d"), JournalKinds.BatchCommitted, new { }, (_, number) => Task.FromResult(number == 1),
            Stop));

        await using SandboxSnapshot snapshot = store.TakeSnapshot();
        Assert.Equal(1, snapshot.Manifest.Profiles.Default.ProfileCount);
        Assert.Null(store.TakeSnapshot().Profiles.FindProfile(GraphType.Pdg, "Email", "a"));
        Assert.NotNull(snapshot.Profiles.FindProfile(GraphType.Pdg, "Email", "d"));
        Assert.Equal([1L], await NumbersAsync());
    }

    [Fact]
    public async Task CommitMembership_RefusedThrownAndCommitted_LeavesOneFile()
    {
        SandboxStore store = await _stores.GetAsync(Sandbox);
        Assert.True(await CommitAsync(store, 1, (_, _) => Task.FromResult(true)));
        await using SandboxSnapshot pinned = store.TakeSnapshot();
        Assert.False(await CommitAsync(store, 2, (_, _) => Task.FromResult(false)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => CommitAsync(store, 3, (_, _) => throw new InvalidOperationException()));
        Assert.Single(Files());
        Assert.True(await CommitAsync(store, 4, (_, _) => Task.FromResult(true)));

        // The pinned file is read until its snapshot goes, then it goes too.
        Assert.Equal(2, Files().Length);
        Assert.Equal(OrdinalSet.Of(1), pinned.Space(GraphType.Pdg).File!.Members("s"));
        await pinned.DisposeAsync();
        Assert.Single(Files());
        await using SandboxSnapshot now = store.TakeSnapshot();
        Assert.Equal(OrdinalSet.Of(4), now.Space(GraphType.Pdg).File!.Members("s"));
        Assert.Equal([1L, 2], await NumbersAsync());
    }

    [Fact]
    public async Task Open_AfterCommits_IsTheSameStateWithoutStrayFiles()
    {
        SandboxStore store = await _stores.GetAsync(Sandbox);
        for (int i = 0; i < 12; i++) Assert.True(await store.CommitAsync(await PrepareAsync(store, "p" + i), JournalKinds.BatchCommitted, new { }, (_, _) =>
            Task.FromResult(true), Stop));
        await CommitAsync(store, 7, (_, _) => Task.FromResult(true));
        string before;
        await using (SandboxSnapshot snapshot = store.TakeSnapshot()) before = snapshot.Manifest.ToJson();
        await _stores.DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(Folder.Membership(Sandbox), "stray"), "x", Stop);
        await File.WriteAllTextAsync(Path.Combine(Folder.Profiles(Sandbox), "stray"), "x", Stop);
        Directory.CreateDirectory(Folder.NewSpill(Sandbox));

        Open();
        store = await _stores.GetAsync(Sandbox);

        await using SandboxSnapshot after = store.TakeSnapshot();
        Assert.Equal(before, after.Manifest.ToJson());
        Assert.Equal(12, after.Manifest.Profiles.Default.ProfileCount);
        Assert.Single(Files());
        Assert.False(File.Exists(Path.Combine(Folder.Profiles(Sandbox), "stray")));
        Assert.False(Directory.Exists(Path.Combine(Folder.Sandbox(Sandbox), "spill")));
        await using ControlPlaneContext context = _database.CreateDbContext();
        Assert.Equal(8, await context.Manifests.CountAsync(Stop));
    }

    [Fact]
    public async Task Get_OpeningFailedOnce_OpensTheNextTime()
    {
        await using (ControlPlaneContext context = _database.CreateDbContext())
        {
            context.Manifests.Add(new ManifestRow { SandboxId = Sandbox, Number = 1, Content = "null" });
            await context.SaveChangesAsync(Stop);
        }

        await Assert.ThrowsAnyAsync<Exception>(() => _stores.GetAsync(Sandbox));
        await using (ControlPlaneContext context = _database.CreateDbContext()) await context.Manifests.ExecuteDeleteAsync(Stop);
        Assert.NotNull(await _stores.GetAsync(Sandbox));
    }

    [Fact]
    public async Task Journal_ManyAtOnceSomeRefused_NumbersWithoutGaps()
    {
        CommittedNumbers?[] numbers = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => _journal.CommitAsync(
            i % 2 == 0 ? "one" : "two", JournalKinds.ExportFinished, new { i }, i % 4 == 0 ? numbers => $"{numbers.Manifest}" : null, (_, _) =>
                Task.FromResult(i % 3 != 0), Stop))));
        foreach (int sandbox in new[] { 0, 1 })
        {
            long[] given = numbers.Where((n, i) => n is not null && i % 2 == sandbox).Select(n => n!.Value.Journal).Order().ToArray();
            Assert.Equal(Enumerable.Range(1, 8).Select(n => (long)n), given);
        }

        Assert.Equal([1L, 2, 3, 4], numbers.Where(n => n is { Manifest: > 0 }).Select(n => n!.Value.Manifest).Order());
    }

    private void Open() => _stores = new SandboxStores(_database, Folder, _journal, SandboxFolder.Options);

    private string[] Files() => Directory.GetFiles(Folder.Membership(Sandbox));

    private async Task<List<long>> NumbersAsync()
    {
        await using ControlPlaneContext context = _database.CreateDbContext();
        return await context.Journal.OrderBy(j => j.Number).Select(j => j.Number).ToListAsync(Stop);
    }

    private static async Task<bool> CommitAsync(SandboxStore store, long member, Func<ControlPlaneContext, long, Task<bool>> change)
    {
        await using SandboxSnapshot basis = store.TakeSnapshot();
        string path = store.NewMembershipPath();
        new MembershipUpdate
        {
            Space = "pdg",
            Time = member,
            Evaluated = new Dictionary<string,
            OrdinalSet>
            { ["s"] = OrdinalSet.Of(member) }
        }.Write(path);
        return await store.CommitMembershipAsync(basis.Manifest, new Dictionary<GraphType, string> { [GraphType.Pdg] = path }, new { }, change, Stop);
    }

    private async Task<PreparedApply> PrepareAsync(SandboxStore store, string email)
    {
        string lake = Folder.Lake(Sandbox, "dataset", "batch-" + email);
        string input = Path.Combine(_root, email + ".json");
        await File.WriteAllTextAsync(input, $$$"""{"identityMap":{"Email":[{"id":"{{{email}}}","primary":true}]},"age":1}""", Stop);
        LoadResult loaded = await new RecordLoader(SandboxFolder.Options).LoadAsync(
            new LoadRequest(
                [new InputFile("a.json", input)], InputFormat.JsonLines, DatasetBehavior.Record, null, RequireEventFields: true,
                    AllowMissingIdentity: false, 0,
                lake, Path.Combine(_root, "scratch")), null, Stop);
        var batch = new LakeBatch(
            "dataset", "batch-" + email, store.NextBatchSequence, 1, DatasetBehavior.Record, loaded.Schema,
            [.. loaded.Files.Select(f => Folder.Relative(Sandbox, f.Path))]);
        return await store.PrepareAsync(new StoreChange { Added = [batch] }, null, Stop);
    }
}
