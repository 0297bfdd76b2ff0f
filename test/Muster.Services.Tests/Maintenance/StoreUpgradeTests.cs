using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Muster.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.DuckDb;
using Muster.Storage.Maintenance;
using Muster.TestSupport;

namespace Muster.Services.Tests.Maintenance;

/// <summary>Folders of other versions: upgraded at start, or refused with the reason.</summary>
public sealed class StoreUpgradeTests
{
    private const string Segment = "caaab44b-270d-471b-a8d7-3b4dc67e847f";
    private const string OpenBatch = "01M85CFAVBTAYM3DQT9EH8B3PY";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>
    /// The folder was written by the first version, which was killed: five people of whom two turned out to be one after a segment job, two
    /// batches of an event for each, and an upload of a third.
    /// </summary>
    [Fact]
    public async Task Start_FolderOfTheFirstVersion_HasTheSamePeopleEventsAndMemberships()
    {
        string folder = await ExtractAsync();
        await using Workbench bench = await Workbench.AdoptAsync(folder, "TEST@AdobeOrg", "prod");

        Assert.Equal("One", (string?)(await bench.ProfileAsync("p1@x.com"))!["person"]!["name"]!["firstName"]);
        for (int person = 0; person < 5; person++) Assert.Equal("realized", await bench.StatusAsync($"p{person}@x.com", Segment));
        Batch open = await bench.Batches.GetAsync(bench.Scope, OpenBatch, Stop);
        Assert.Equal(BatchStatus.Success, (await bench.CompleteAsync(open)).Status);
        string segment = await bench.SegmentAsync("xEvent.count() = 3"), merged = await bench.SegmentAsync("xEvent.count() = 6");
        SegmentJob job = await bench.EvaluateAsync(segment, merged);
        Assert.True(job.Status == JobStatus.Succeeded, job.Errors);
        Assert.Equal("realized", await bench.StatusAsync("p1@x.com", merged));
        Assert.Equal("realized", await bench.StatusAsync("p2@x.com", segment));
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
    }

    [Fact]
    public async Task Start_FolderOfTheFirstVersion_IsUpgradedBeforeAnybodyAsks()
    {
        string folder = await ExtractAsync();
        // Of the control plane it is the latest version by now, of the store it is not.
        _ = await ControlPlaneDatabase.OpenAsync(folder, Stop);
        var data = new DataFolder(folder);
        StoreReport before = await new StoreVerification(data, new DuckDbOptions(512, 2)).VerifyAsync(Stop);
        Assert.Equal(["manifest.old"], before.Problems.Select(p => p.Code));
        string target = Path.Combine(Path.GetTempPath(), "muster-backup-" + Guid.NewGuid().ToString("N"));
        ControlPlaneException refused = await Assert.ThrowsAsync<ControlPlaneException>(() => new StoreBackup(data, TimeProvider.System).WriteAsync(target, null, Stop));
        Assert.Contains("Start the server once", refused.Message, StringComparison.Ordinal);

        await using Workbench bench = await Workbench.AdoptAsync(folder, "TEST@AdobeOrg", "prod");

        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
    }

    [Fact]
    public async Task Start_OneStoreCannotBeOpened_TheOthersAreServed()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a@x.com"));
        await bench.Sandboxes.CreateAsync("TEST@AdobeOrg", new JsonObject { ["name"] = "broken", ["title"] = "Broken", ["type"] = "development" }, Stop);
        string broken = (await bench.Sandboxes.FindScopeAsync("TEST@AdobeOrg", "broken", Stop))!.SandboxId;
        await bench.ChangeAsync(c =>
        {
            c.Manifests.Add(new ManifestRow { SandboxId = broken, Number = 1, Content = "{" });
            return Task.CompletedTask;
        });

        await bench.RestartAsync();
        await bench.Recovery.ResumeAsync(Stop);

        Assert.NotNull(await bench.ProfileAsync("a@x.com"));
        await Assert.ThrowsAnyAsync<Exception>(() => bench.Stores.GetAsync(broken));
    }

    [Fact]
    public async Task Open_ControlPlaneOfANewerVersion_IsRefusedWithTheReason()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.ChangeAsync(context => context.Database.ExecuteSqlRawAsync(
            "INSERT INTO __EFMigrationsHistory(MigrationId, ProductVersion) VALUES ('20991231000000_Future', '99.0.0')", Stop));

        ControlPlaneException refused = await Assert.ThrowsAsync<ControlPlaneException>(() => ControlPlaneDatabase.OpenAsync(bench.Folder.Root, Stop));

        Assert.Contains("newer version of Muster (20991231000000_Future)", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ControlPlaneException>(() => StoreInspection.InspectAsync(bench.Folder, Stop));
    }

    private static async Task<string> ExtractAsync()
    {
        string folder = Directory.CreateTempSubdirectory("muster-old-").FullName;
        await using FileStream file = File.OpenRead(Path.Combine(RepositoryRoot.Path, "test/Muster.Services.Tests/Maintenance/format-1.tar.gz"));
        await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        await TarFile.ExtractToDirectoryAsync(unzipped, folder, overwriteFiles: false, Stop);
        return folder;
    }
}
