using Microsoft.EntityFrameworkCore;
using Muster.Services.Tests.Outages;
using Muster.Storage.ControlPlane;
using Muster.Storage.DuckDb;
using Muster.Storage.Maintenance;

namespace Muster.Services.Tests.Maintenance;

public sealed class StoreVerificationTests
{
    private static readonly DuckDbOptions s_options = new(512, 2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_BesideTheServices_IsCleanAndLookedAtEverything()
    {
        using var recorder = new OutageRecorder();
        await using Workbench bench = await Workbench.OpenAsync(recorder);
        await OutageLife.LiveAsync(bench, recorder);

        StoreReport report = await VerifyAsync(bench);

        Assert.Empty(report.Problems);
        Assert.Empty(report.Notes);
        foreach (string kind in (string[])["files", "journal entries", "batches", "records", "identities", "links", "profiles", "events", "memberships"])
            Assert.True(report.Checked.GetValueOrDefault(kind) > 0, kind);
    }

    [Fact]
    public async Task Verify_BatchLandsMeanwhile_IsNoDamage()
    {
        await using Workbench bench = await FilledAsync();
        string dataset = await bench.DatasetAsync();
        Batch[] batches = [await bench.OpenBatchAsync(dataset), await bench.OpenBatchAsync(dataset)];
        for (int i = 0; i < 2; i++) await bench.UploadAsync(batches[i], "part.json", Workbench.Person($"new{i}@x.com"));
        int looks = 0;
        var verification = new StoreVerification(bench.Folder, s_options)
        {
            // What was uploaded goes when its batch lands, and people who changed have other runs: as many rows as before.
            BeforeFiles = async () =>
            {
                if (looks++ < 2) await bench.CompleteAsync(batches[looks - 1]);
            },
        };

        StoreReport report = await verification.VerifyAsync(Stop);

        Assert.Equal(3, looks);
        Assert.Empty(report.Problems);
    }

    [Fact]
    public async Task Verify_UploadReplacedMeanwhile_IsNoDamage()
    {
        await using Workbench bench = await FilledAsync();
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());
        await bench.UploadAsync(batch, "part.json", Workbench.Person("a@x.com"));
        bool isDone = false;
        var verification = new StoreVerification(bench.Folder, s_options)
        {
            BeforeFiles = async () =>
            {
                if (!isDone) await bench.UploadAsync(batch, "part.json", Workbench.Person("another@x.com"));
                isDone = true;
            },
        };

        Assert.Empty((await verification.VerifyAsync(Stop)).Problems);
    }

    [Theory]
    [InlineData("lake", "file.hash")]
    [InlineData("profiles/identities", "identity.damaged")]
    [InlineData("profiles/runs", "run.damaged")]
    [InlineData("profiles/keys", "key.damaged")]
    [InlineData("profiles/links", "link.damaged")]
    [InlineData("membership", "membership.damaged")]
    public async Task Verify_FileDamaged_SaysWhich(string folder, string code)
    {
        await using Workbench bench = await FilledAsync();
        string file = FilesOf(bench, folder)[0];
        byte[] content = await File.ReadAllBytesAsync(file, Stop);
        // The begin of the file, and the place where most of them have data.
        content.AsSpan(0, 16).Clear();
        content.AsSpan(content.Length / 2, 16).Clear();
        File.Delete(file);
        await File.WriteAllBytesAsync(file, content, Stop);

        StoreReport report = await VerifyAsync(bench);

        Assert.Contains(report.Problems, p => p.Code == code && (code == "identity.damaged" || p.Place.EndsWith(Path.GetFileName(file), StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("lake")]
    [InlineData("profiles/identities")]
    [InlineData("profiles/runs")]
    [InlineData("profiles/keys")]
    [InlineData("membership")]
    public async Task Verify_FileMissing_SaysWhich(string folder)
    {
        await using Workbench bench = await FilledAsync();
        string file = FilesOf(bench, folder)[0];
        File.Delete(file);

        StoreReport report = await VerifyAsync(bench);

        Assert.Contains(report.Problems, p => p.Code == "file.missing" && p.Place.EndsWith(Path.GetFileName(file), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("keys", "* REPLACE (-2 - identity AS identity)", "key.repeat")]
    [InlineData("links", "* REPLACE (time + 1 AS time)", "link.wrong")]
    [InlineData("links", "* REPLACE (second + 1 AS second)", "link.wrong")]
    public async Task Verify_DerivedFileSaysOtherwise_SaysSo(string folder, string columns, string code)
    {
        await using Workbench bench = await FilledAsync();
        foreach (string file in FilesOf(bench, "profiles/" + folder))
        {
            using var connection = new DuckDB.NET.Data.DuckDBConnection("DataSource=:memory:");
            connection.Open();
            using DuckDB.NET.Data.DuckDBCommand command = connection.CreateCommand();
            command.CommandText = $"COPY (SELECT {columns} FROM read_parquet('{file}')) TO '{file}.new' (FORMAT parquet)";
            command.ExecuteNonQuery();
            File.Move(file + ".new", file, overwrite: true);
        }

        Assert.Contains(code, (await VerifyAsync(bench)).Problems.Select(p => p.Code));
    }

    [Fact]
    public async Task Verify_PeopleThatRulesDoNotAllow_SaysSo()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string people = await bench.DatasetAsync();
        foreach (string id in (string[])["a", "b"])
            await bench.IngestAsync(people, $$$"""{"identityMap":{"Email":[{"id":"{{{id}}}@x.com","primary":true}],"ECID":[{"id":"1"}]}}""");
        Assert.Empty((await VerifyAsync(bench)).Problems);
        await bench.ChangeAsync(context => context.Database.ExecuteSqlRawAsync(
            "UPDATE Manifests SET Content = replace(Content, '\"UniqueNamespaces\":[]', '\"UniqueNamespaces\":[\"Email\"]')", Stop));

        Assert.Equal(["identity.person"], (await VerifyAsync(bench)).Problems.Select(p => p.Code));
    }

    [Fact]
    public async Task Verify_RepeatedEvents_AreWorkedOutAcrossBatchesAndDatasets()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string[] datasets = [await bench.DatasetAsync(), await bench.DatasetAsync()];
        foreach (string dataset in (string[])[.. datasets, datasets[0]])
            await bench.IngestAsync(dataset, [.. ((string[])["e1", "e2", "e1"]).Select(id => Workbench.Event(id, "a@x.com", "2026-01-01T00:00:00Z"))]);

        Assert.Empty((await VerifyAsync(bench)).Problems);
        await bench.ChangeAsync(context => context.Database.ExecuteSqlRawAsync(
            "UPDATE Manifests SET Content = replace(Content, '\"Duplicates\":3', '\"Duplicates\":2')", Stop));
        Assert.Equal(["event.duplicates"], (await VerifyAsync(bench)).Problems.Select(p => p.Code));
    }

    [Fact]
    public async Task Verify_FileThatNothingNames_IsANote()
    {
        await using Workbench bench = await FilledAsync();
        await File.WriteAllTextAsync(Path.Combine(bench.Folder.Profiles(bench.Scope.SandboxId), "runs", "left.duckdb"), "", Stop);

        StoreReport report = await VerifyAsync(bench);

        Assert.True(report.IsClean);
        Assert.Equal(["file.unnamed"], report.Notes.Select(n => n.Code));
    }

    [Theory]
    [InlineData("DELETE FROM Journal WHERE Number = 2", "journal.gap")]
    [InlineData("UPDATE Journal SET Payload = '{' WHERE Number = 1", "journal.damaged")]
    [InlineData("UPDATE Journal SET Payload = '{}' WHERE Number = 1", "batch.unjournaled")]
    [InlineData("UPDATE Batches SET Status = 'failed' WHERE Sequence = 1", "batch.unknown")]
    [InlineData("UPDATE Batches SET Sequence = 99 WHERE Sequence = 1", "batch.sequence")]
    [InlineData("UPDATE Batches SET Files = '[]' WHERE Sequence = 1", "batch.files")]
    [InlineData("UPDATE Batches SET Files = '?' WHERE Sequence = 1", "control.row")]
    [InlineData("UPDATE Batches SET Files = replace(Files, '\"Rows\":', '\"Rows\":1') WHERE Sequence = 1", "lake.rows")]
    [InlineData("UPDATE Manifests SET Content = substr(Content, 1, 100)", "manifest.damaged")]
    [InlineData("UPDATE Manifests SET Content = replace(Content, '\"Watermark\":', '\"Watermark\":9')", "manifest.watermark")]
    [InlineData("UPDATE Manifests SET Content = replace(Content, '\"ProfileCount\":', '\"ProfileCount\":1')", "run.count")]
    [InlineData("UPDATE Manifests SET Content = replace(Content, '\"NextIdentityOrdinal\":', '\"NextIdentityOrdinal\":1')", "identity.count")]
    [InlineData("INSERT INTO Batches SELECT * FROM (SELECT * FROM Batches WHERE Sequence = 1) WHERE 1 = 0", null)]
    public async Task Verify_RowsThatDisagree_SaysSo(string statement, string? code)
    {
        await using Workbench bench = await FilledAsync();
        await bench.ChangeAsync(context => context.Database.ExecuteSqlRawAsync(statement.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal), Stop));

        StoreReport report = await VerifyAsync(bench);

        if (code is null) Assert.Empty(report.Problems);
        else Assert.Contains(code, report.Problems.Select(p => p.Code));
    }

    [Fact]
    public async Task Verify_ControlPlaneDamaged_SaysSo()
    {
        await using Workbench bench = await FilledAsync();
        await bench.ChangeAsync(context => context.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE)", Stop));
        await using (FileStream stream = File.OpenWrite(Path.Combine(bench.Folder.Root, ControlPlaneDatabase.FileName)))
            for (int page = 3; page < 12; page++)
            {
                stream.Position = (page * 4096) + 8;
                stream.Write(new byte[200]);
            }

        StoreReport report = await VerifyAsync(bench);

        Assert.Contains("control.damaged", report.Problems.Select(p => p.Code));
    }

    [Fact]
    public async Task Verify_NoDataFolder_IsRefused()
    {
        string folder = Directory.CreateTempSubdirectory("muster-none-").FullName;
        await Assert.ThrowsAsync<ControlPlaneException>(() => new StoreVerification(new Storage.DataFolder(folder), s_options).VerifyAsync(Stop));
        Directory.Delete(folder);
    }

    internal static Task<StoreReport> VerifyAsync(Workbench bench) => new StoreVerification(bench.Folder, s_options).VerifyAsync(Stop);

    private static string[] FilesOf(Workbench bench, string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(bench.Folder.Sandbox(bench.Scope.SandboxId), folder), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static async Task<Workbench> FilledAsync()
    {
        Workbench bench = await Workbench.OpenAsync();
        string people = await bench.DatasetAsync(), events = await bench.DatasetAsync();
        await bench.IngestAsync(people, [.. Enumerable.Range(0, 50).Select(p => Workbench.Person($"p{p}@x.com", $"\"person\":{{\"name\":{{\"firstName\":\"N{p}\"}}}}"))]);
        await bench.IngestAsync(events, [.. Enumerable.Range(0, 50).Select(p => Workbench.Event($"e{p}", $"p{p}@x.com", "2026-01-01T00:00:00Z"))]);
        await bench.IngestAsync(people, """{"identityMap":{"Email":[{"id":"p0@x.com","primary":true}],"CRMID":[{"id":"C0"}]}}""");
        Assert.Equal(JobStatus.Succeeded, (await bench.EvaluateAsync(await bench.SegmentAsync("xEvent.count() >= 1"))).Status);
        return bench;
    }
}
