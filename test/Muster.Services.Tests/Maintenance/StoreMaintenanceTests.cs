using Muster.Services.Entities;
using Muster.Services.Tests.Outages;
using Muster.Storage;
using Muster.Storage.DuckDb;
using Muster.Storage.Maintenance;

namespace Muster.Services.Tests.Maintenance;

public sealed class StoreMaintenanceTests
{
    private static readonly DuckDbOptions s_options = new(512, 2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Rebuild_RandomHistory_GivesTheSamePeopleEventsAndMemberships(int seed)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string[] people = await LiveAsync(bench, new Random(seed));
        string[] before = await DescribeAsync(bench, people);

        string[] after = await WithoutServicesAsync(bench, async () =>
        {
            DeleteDerived(bench);
            Assert.Equal(1, await Maintenance(bench).RebuildAsync(Stop));
        }, people);

        Assert.Equal(before, after);
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
    }

    [Fact]
    public async Task Compact_ManyRuns_GivesTheSamePeopleEventsAndMemberships()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string[] people = await LiveAsync(bench, new Random(4));
        string[] before = await DescribeAsync(bench, people);

        string[] after = await WithoutServicesAsync(bench, async () => await Maintenance(bench).CompactAsync(Stop), people);

        Assert.Equal(before, after);
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
    }

    [Fact]
    public async Task Rebuild_LakeFileDamaged_IsRefusedAndChangesNothing()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a@x.com"));
        string file = Directory.EnumerateFiles(Path.Combine(bench.Folder.Sandbox(bench.Scope.SandboxId), "lake"), "*.parquet", SearchOption.AllDirectories).Single();
        byte[] whole = await File.ReadAllBytesAsync(file, Stop);
        await File.WriteAllBytesAsync(file, [.. whole[..(whole.Length / 2)], 0xFF, .. whole[((whole.Length / 2) + 1)..]], Stop);

        InvalidDataException refused = await Assert.ThrowsAsync<InvalidDataException>(() => Maintenance(bench).RebuildAsync(Stop));

        Assert.Contains(Path.GetFileName(file), refused.Message, StringComparison.Ordinal);
        Assert.NotNull(await bench.ProfileAsync("a@x.com"));
        await File.WriteAllBytesAsync(file, whole, Stop);
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
    }

    [Fact]
    public async Task Rebuild_ServerRuns_IsRefused()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        using DataFolderLock server = DataFolderLock.Take(bench.Folder);

        await Assert.ThrowsAsync<DataFolderInUseException>(() => Maintenance(bench).RebuildAsync(Stop));
    }

    [Fact]
    public async Task Inspect_BesideTheServices_CountsWhatIsThere()
    {
        using var recorder = new OutageRecorder();
        await using Workbench bench = await Workbench.OpenAsync(recorder);
        await OutageLife.LiveAsync(bench, recorder);

        StoreInfo info = await StoreInspection.InspectAsync(bench.Folder, Stop);

        SandboxInfo sandbox = Assert.Single(info.Sandboxes);
        Assert.Equal((await bench.JournalAsync()).Count, sandbox.JournalEntries);
        Assert.All(Enum.GetValues<NamedFileKind>(), kind => Assert.True(sandbox.Bytes[kind].Bytes > 0, kind.ToString()));
        Assert.Equal(OutageLife.People, sandbox.Views.Single().Profiles);
        Assert.Equal(2 * OutageLife.People, sandbox.Datasets.Single(d => d.Behavior == "time-series").Records);
    }

    private static StoreMaintenance Maintenance(Workbench bench) => new(bench.Folder, s_options, bench.Time);

    private static async Task<string[]> WithoutServicesAsync(Workbench bench, Func<Task> work, string[] people)
    {
        await bench.EndAsync();
        await work();
        await bench.StartAsync();
        return await DescribeAsync(bench, people);
    }

    /// <summary>Takes away all that the lake and the identity files make superfluous.</summary>
    private static void DeleteDerived(Workbench bench)
    {
        foreach (string kind in (string[])["runs", "keys", "links"])
        {
            string folder = Path.Combine(bench.Folder.Profiles(bench.Scope.SandboxId), kind);
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Records, events, duplicates, people who turn out to be one, and jobs, in any order.</summary>
    private static async Task<string[]> LiveAsync(Workbench bench, Random random)
    {
        string people = await bench.DatasetAsync(), events = await bench.DatasetAsync();
        string often = await bench.SegmentAsync("xEvent.count() >= 2"), named = await bench.SegmentAsync("person.name.firstName = \"A\"");
        await bench.IngestAsync(people, [.. Enumerable.Range(0, 12).Select(p => Workbench.Person(Name(p), Workbench.Named("A")))]);
        for (int step = 0; step < 8; step++)
        {
            switch (random.Next(4))
            {
                case 0:
                    await bench.IngestAsync(people, [.. Enumerable.Range(0, 3).Select(_ =>
                        Workbench.Person(Name(random.Next(12)), Workbench.Named(((char)('A' + random.Next(3))).ToString())))]);
                    break;
                case 1:
                    await bench.IngestAsync(people, $$$"""{"identityMap":{"Email":[{"id":"{{{Name(random.Next(12))}}}","primary":true},{"id":"{{{Name(random.Next(12))}}}"}]}}""");
                    break;
                case 2:
                    await bench.EvaluateAsync(often, named);
                    break;
                default:
                    await bench.IngestAsync(events, [.. Enumerable.Range(0, 10).Select(_ =>
                        Workbench.Event($"e{random.Next(30)}", Name(random.Next(12)), $"2026-01-{random.Next(10, 28)}T00:00:00Z"))]);
                    break;
            }
        }

        await bench.EvaluateAsync(often, named);
        await bench.IngestAsync(people, $$$"""{"identityMap":{"Email":[{"id":"{{{Name(0)}}}","primary":true},{"id":"{{{Name(11)}}}"}]}}""");
        return [.. Enumerable.Range(0, 12).Select(Name)];
    }

    /// <summary>All that clients can see of people.</summary>
    private static async Task<string[]> DescribeAsync(Workbench bench, string[] people)
    {
        var described = new List<string>();
        foreach (string person in people)
        {
            var key = new EntityKey(person, "Email");
            EntityDocument? document = await bench.Entities.GetProfileAsync(bench.Scope, key, null, null, Stop);
            EntityEvents? events = await bench.Entities.GetEventsAsync(bench.Scope, key, new EntityEventQuery(null, null, null, Descending: false, 100, null), null, Stop);
            described.Add($"{person}: {string.Join(' ', document!.IdentityGraph)} {string.Join(' ', document.Sources)} {document.LastModifiedAt} {document.Entity} | "
                + string.Join(' ', events!.Events.Select(e => $"{e.Id} {e.Timestamp} {e.LastModifiedAt} {e.Entity}")));
        }

        return [.. described];
    }

    private static string Name(int person) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"p{person}@x.com");
}
