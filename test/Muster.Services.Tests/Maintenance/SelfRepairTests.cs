using DuckDB.NET.Data;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Entities;
using Muster.Services.Identities;
using Muster.Services.Ingestion;
using Muster.Storage.ControlPlane;
using Muster.Storage.Journal;
using Muster.Storage.Maintenance;
using Muster.Storage.Profiles;

namespace Muster.Services.Tests.Maintenance;

/// <summary>Derived files that are damaged where nobody has read yet: whoever meets it gets an answer all the same, and afterwards the store is whole.</summary>
public sealed class SelfRepairTests
{
    // Blocks of a DuckDB file, behind its three headers.
    private const int Headers = 3 * 4096, BlockBytes = 256 * 1024;
    private const int People = 200;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("export")]
    [InlineData("batch")]
    [InlineData("view")]
    [InlineData("compaction")]
    public async Task Run_DamagedInsideItsBlocks_IsMadeAnewByWhoeverMeetsIt(string reader)
    {
        await using Workbench bench = await FilledAsync();
        string target = await bench.TargetAsync();
        string[] before = await StoreDescription.OfAsync(bench);
        DamageRuns(bench);

        switch (reader)
        {
            case "export":
                ExportJob export = await bench.ExportAsync(target, "{}");
                Assert.True(export.Status == JobStatus.Succeeded, export.Errors);
                break;
            case "compaction":
                await (await bench.Stores.GetAsync(bench.Scope.SandboxId)).CompactAsync(Stop);
                break;
            case "view":
                // Nothing is read for it: what is damaged stays as it is, until somebody needs it.
                await (await bench.Stores.GetAsync(bench.Scope.SandboxId)).EnsureViewAsync(new MergeMethod { Graph = GraphType.None }, Stop);
                await bench.ExportAsync(target, "{}");
                break;
            default:
                // People who turn out to be one have their events read from the runs.
                string dataset = await bench.DatasetAsync();
                Batch batch = await bench.IngestAsync(
                    dataset, $$$"""{"identityMap":{"Email":[{"id":"{{{Name(0)}}}","primary":true},{"id":"{{{Name(1)}}}"}]}}""");
                await bench.Batches.RevertAsync(bench.Scope, batch.Id, Stop);
                await bench.Lanes.WhenEndedAsync(BatchQueue.Lane(bench.Scope.SandboxId), "revert/" + batch.Id);
                break;
        }

        Assert.Contains(".duckdb", Assert.Single(await RebuiltAsync(bench)), StringComparison.Ordinal);
        string[] after = [.. (await StoreDescription.OfAsync(bench)).Where(l => l.StartsWith("pdg", StringComparison.OrdinalIgnoreCase))];
        if (reader == "batch") Assert.Equal(before.Length, after.Length);
        else Assert.Equal(before, after);
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
    }

    // Small runs are in memory once they are open, so the damage is met by a connection of the question's own.
    [Fact]
    public async Task Run_DamagedInsideItsBlocks_LookupIsAnsweredAndItIsMadeAnewOnce()
    {
        await using Workbench bench = await FilledAsync();
        Assert.NotNull(await bench.ProfileAsync(Name(0)));
        DamageRuns(bench);
        Storage.Sandboxes.SandboxStore store = await bench.Stores.GetAsync(bench.Scope.SandboxId);
        int asked = 0;

        Task<bool> AskAsync() => bench.Entities.AskAsync(bench.Scope, [new EntityKey(Name(0), "Email")], null, async view =>
        {
            Interlocked.Increment(ref asked);
            foreach (RunEntry run in store.Manifest.Profiles.Default.Runs) Read(Path.Combine(bench.Folder.Sandbox(bench.Scope.SandboxId), run.File));
            return await view.ReadProfileAsync(0, null) is not null;
        }, Stop);

        Assert.All(await Task.WhenAll(AskAsync(), AskAsync(), AskAsync()), Assert.True);
        Assert.Equal(6, asked);
        Assert.Single(await RebuiltAsync(bench));
    }

    [Fact]
    public async Task KeyFile_Damaged_IsMadeAnewByTheNextChangeThatReadsIt()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        Batch first = await bench.IngestAsync(dataset, Workbench.Person("a@x.com", Workbench.Named("A")), Workbench.Person("b@x.com", Workbench.Named("B")));
        foreach (string file in FilesOf(bench, "keys")) await File.WriteAllTextAsync(file, "damaged", Stop);

        await bench.Batches.RevertAsync(bench.Scope, first.Id, Stop);
        await bench.Lanes.WhenEndedAsync(BatchQueue.Lane(bench.Scope.SandboxId), "revert/" + first.Id);

        Assert.Null(await bench.ProfileAsync("a@x.com"));
        Assert.Single(await RebuiltAsync(bench));
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
    }

    [Fact]
    public async Task LinkFile_Damaged_IsMadeAnewByWhoeverAsksForLinks()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), """{"identityMap":{"Email":[{"id":"a@x.com","primary":true},{"id":"b@x.com"}]}}""");
        foreach (string file in FilesOf(bench, "links")) await File.WriteAllTextAsync(file, "damaged", Stop);

        IReadOnlyList<IdentityCluster> found =
            await new IdentityClusterService(bench.Stores).ReadAsync(bench.Scope, GraphType.Pdg, [("Email", "a@x.com")], withLinks: true, Stop);

        Assert.Single(found[0].Links);
        Assert.Single(await RebuiltAsync(bench));
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
    }

    [Fact]
    public async Task LookupStore_Damaged_IsFoundByVerifyAndMadeAnewByLookups()
    {
        await using Workbench bench = await FilledAsync();
        await (await bench.Stores.GetAsync(bench.Scope.SandboxId)).Lookups.WhenFilledAsync();
        StoreReport sound = await StoreVerificationTests.VerifyAsync(bench);
        Assert.Empty(sound.Problems);
        Assert.True(sound.Checked["lookups"] >= People);
        await bench.EndAsync();
        string[] tables = [.. Directory.EnumerateFiles(bench.Folder.Lookup(bench.Scope.SandboxId), "*.sst", SearchOption.AllDirectories)];
        foreach (string table in tables)
        {
            byte[] content = await File.ReadAllBytesAsync(table, Stop);
            content.AsSpan(content.Length / 2, 64).Fill(0x5A);
            await File.WriteAllBytesAsync(table, content, Stop);
        }

        Assert.Contains("lookup.damaged", (await StoreVerificationTests.VerifyAsync(bench)).Problems.Select(p => p.Code));
        await bench.StartAsync();
        await (await bench.Stores.GetAsync(bench.Scope.SandboxId)).Lookups.WhenFilledAsync();
        for (int p = 0; p < People; p++) Assert.NotNull(await bench.ProfileAsync(Name(p)));
        await (await bench.Stores.GetAsync(bench.Scope.SandboxId)).Lookups.WhenFilledAsync();
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
    }

    [Fact]
    public async Task Run_SoundAndTheQuestionIsWrong_NothingIsMadeAnew()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a@x.com"));
        Storage.Sandboxes.SandboxStore store = await bench.Stores.GetAsync(bench.Scope.SandboxId);
        int times = 0;

        await Assert.ThrowsAsync<InvalidDataException>(() => store.WithRepairAsync<int>(() => throw new InvalidDataException($"{times++}"), Stop));

        Assert.Equal(1, times);
        Assert.Empty(await RebuiltAsync(bench));
    }

    /// <summary>What each repair found damaged.</summary>
    private static Task<List<string>> RebuiltAsync(Workbench bench) =>
        bench.QueryAsync(c => c.Journal.Where(j => j.Kind == JournalKinds.Rebuilt).Select(j => j.Payload).ToListAsync(Stop));

    private static async Task<Workbench> FilledAsync()
    {
        Workbench bench = await Workbench.OpenAsync();
        var random = new Random(7);
        string Text() => Convert.ToBase64String(Enumerable.Range(0, 300).Select(_ => (byte)random.Next(256)).ToArray());
        await bench.IngestAsync(await bench.DatasetAsync(), [.. Enumerable.Range(0, People).Select(p => Workbench.Person(Name(p), $"\"secret\":\"{Text()}\""))]);
        await bench.IngestAsync(await bench.DatasetAsync(),
            [.. Enumerable.Range(0, People).Select(p => Workbench.Event($"e{p}", Name(p), "2026-01-01T00:00:00Z", $"\"note\":\"{Text()}\""))]);
        return bench;
    }

    /// <summary>Damages all blocks of all runs, which are open.</summary>
    private static void DamageRuns(Workbench bench)
    {
        foreach (string path in FilesOf(bench, "runs"))
        {
            byte[] content = File.ReadAllBytes(path);
            for (int block = Headers; block + BlockBytes <= content.Length; block += BlockBytes) content.AsSpan(block + 1000, 64).Fill(0x5A);
            File.WriteAllBytes(path, content);
        }
    }

    private static void Read(string path)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = $"ATTACH '{path}' AS run (READ_ONLY)";
        command.ExecuteNonQuery();
        command.CommandText = "SELECT bit_xor(hash(p)) FROM run.profile p";
        _ = command.ExecuteScalar();
    }

    private static string[] FilesOf(Workbench bench, string kind) =>
        Directory.GetFiles(Path.Combine(bench.Folder.Profiles(bench.Scope.SandboxId), kind), "*", SearchOption.AllDirectories);

    private static string Name(int person) => $"p{person}@x.com";
}
