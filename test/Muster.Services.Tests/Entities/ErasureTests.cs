using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Entities;
using Muster.Services.Export;
using Muster.Services.Ingestion;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Tests.Entities;

public class ErasureTests
{
    [Fact]
    public async Task RequestAsync_Person_GoesFromProfilesEventsAndFiles()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        Batch people = await bench.IngestAsync(dataset, Workbench.Person("a"), Workbench.Person("b"));
        Batch events = await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Event("e1", "a", "2026-02-01T00:00:00Z"), Workbench.Event("e2", "b", "2026-02-01T00:00:00Z"));
        string request = await EraseAsync(bench, "a");

        Assert.Null(await bench.ProfileAsync("a"));
        Assert.NotNull(await bench.ProfileAsync("b"));
        ErasureRequest row = await bench.QueryAsync(c => c.ErasureRequests.SingleAsync(Workbench.Stop));
        Assert.Equal((request, JobStatus.Succeeded, 1, "", ""), (row.Id, row.Status, row.Forgotten, row.Namespace, row.Identity));
        foreach (Batch batch in new[] { people, events })
        {
            Batch now = await bench.Batches.GetAsync(bench.Scope, batch.Id, Workbench.Stop);
            Assert.Equal(1, now.OutputRecords);
            BatchFile[] files = JsonSerializer.Deserialize<BatchFile[]>(now.Files)!;
            Assert.All(files, f => Assert.True(File.Exists(bench.Folder.Absolute(bench.Scope.SandboxId, f.Path)), f.Path));
            string[] rows = await bench.ReadAsync(batch.Id, "SELECT identityMap::VARCHAR AS i FROM exported");
            Assert.Contains("b", Assert.Single(rows), StringComparison.Ordinal);
        }

        string journal = string.Join('\n', await bench.QueryAsync(c => c.Journal.Select(j => j.Payload).ToListAsync(Workbench.Stop)));
        Assert.DoesNotContain("\"a\"", journal, StringComparison.Ordinal);
        await bench.RestartAsync();
        Assert.Null(await bench.ProfileAsync("a"));
    }

    [Fact]
    public async Task RequestAsync_Person_GoesFromExportsAndFromWhatFeedsNoProfiles()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string aside = await bench.DatasetAsync("enabled:false");
        Batch unused = await bench.IngestAsync(aside, Workbench.Person("a"), Workbench.Person("c"));
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a"), Workbench.Person("b"));
        ExportJob job = await bench.ExportAsync(await bench.TargetAsync(), "{}");
        Assert.True(job.Status == JobStatus.Succeeded, job.Errors);
        string export = JsonSerializer.Deserialize<ExportBatch[]>(job.Batches)!.Single().BatchId;
        Assert.Equal(2, (await bench.ReadAsync(export, "SELECT identityMap::VARCHAR AS i FROM exported")).Length);
        await EraseAsync(bench, "a");
        Assert.Contains("b", Assert.Single(await bench.ReadAsync(export, "SELECT identityMap::VARCHAR AS i FROM exported")), StringComparison.Ordinal);
        Assert.Contains("c", Assert.Single(await bench.ReadAsync(unused.Id, "SELECT identityMap::VARCHAR AS i FROM exported")), StringComparison.Ordinal);
        string lake = Path.Combine(bench.Folder.Sandbox(bench.Scope.SandboxId), "lake");
        Assert.Equal(3, Directory.GetFiles(lake, "*.parquet", SearchOption.AllDirectories).Length);
    }

    [Theory]
    [InlineData("""{"fields":"identities.id,_t.n"}""", "SELECT identities[1].id AS i, _t.n FROM exported", """{"i":"b","n":2}""")]
    [InlineData("""{"fields":"_t.n","additionalFields":{"eventList":{"fields":"eventType,identityMap"}}}""", "SELECT _t.n FROM exported", """{"n":2}""")]
    public async Task RequestAsync_Person_GoesFromExportsWithoutTheIdentityMap(string request, string query, string left)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a", "\"_t\":{\"n\":1}"), Workbench.Person("b", "\"_t\":{\"n\":2}"));
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Event("e1", "a", "2026-01-01T00:00:00Z"), Workbench.Event("e2", "b", "2026-01-01T00:00:00Z"));
        ExportJob job = await bench.ExportAsync(await bench.TargetAsync(), request);
        Assert.True(job.Status == JobStatus.Succeeded, job.Errors);
        string export = JsonSerializer.Deserialize<ExportBatch[]>(job.Batches)!.Single().BatchId;
        Assert.Equal(2, (await bench.ReadAsync(export, query)).Length);
        await EraseAsync(bench, "a");
        Assert.Equal(left, Assert.Single(await bench.ReadAsync(export, query)));
    }

    [Fact]
    public async Task RequestAsync_AmongBatches_KeepsTheOrder()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch before = await bench.OpenBatchAsync(await bench.DatasetAsync()), after = await bench.OpenBatchAsync(await bench.DatasetAsync());
        await bench.UploadAsync(before, "p.json", Workbench.Person("a", "\"_t\":{\"n\":1}"));
        await bench.UploadAsync(after, "p.json", Workbench.Person("a", "\"_t\":{\"m\":2}"));
        await bench.Batches.CompleteAsync(bench.Scope, before.Id, Workbench.Stop);
        string request = await bench.Erasures.RequestAsync(bench.Scope, new EntityKey("a", "Email"), null, Workbench.Stop);
        Assert.Equal(BatchStatus.Success, (await bench.CompleteAsync(after)).Status);
        await bench.Lanes.WhenEndedAsync(BatchQueue.Lane(bench.Scope.SandboxId), request);
        Assert.Equal("""{"m":2}""", (await bench.ProfileAsync("a", "_t"))!["_t"]!.ToJsonString());
    }

    [Fact]
    public async Task ResumeAsync_AcknowledgedBeforeAKill_Happens()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a"), Workbench.Person("b"));
        await bench.ChangeAsync(context =>
        {
            // Rows as a killed process leaves them: one that was begun, one that was not.
            foreach ((string id, string status) in new[] { ("a", JobStatus.Processing), ("b", JobStatus.New) })
                context.ErasureRequests.Add(new ErasureRequest { Id = "r" + id, SandboxId = bench.Scope.SandboxId, Namespace = "email", Identity = id, Status = status });
            return Task.CompletedTask;
        });
        await bench.RestartAsync();
        await bench.Recovery.ResumeAsync(Workbench.Stop);
        await bench.Lanes.WhenEndedAsync(BatchQueue.Lane(bench.Scope.SandboxId), "ra");
        await bench.Lanes.WhenEndedAsync(BatchQueue.Lane(bench.Scope.SandboxId), "rb");
        Assert.Null(await bench.ProfileAsync("a"));
        Assert.Null(await bench.ProfileAsync("b"));
        Assert.Equal(2, await bench.QueryAsync(c => c.ErasureRequests.CountAsync(r => r.Status == JobStatus.Succeeded, Workbench.Stop)));
    }

    [Fact]
    public async Task RequestAsync_UnknownPerson_ChangesNobody()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a"));
        await EraseAsync(bench, "nobody");
        Assert.NotNull(await bench.ProfileAsync("a"));
        Assert.Equal(JobStatus.Succeeded, await bench.QueryAsync(c => c.ErasureRequests.Select(r => r.Status).SingleAsync(Workbench.Stop)));
    }

    private static async Task<string> EraseAsync(Workbench bench, string id)
    {
        string request = await bench.Erasures.RequestAsync(bench.Scope, new EntityKey(id, "Email"), null, Workbench.Stop);
        await bench.Lanes.WhenEndedAsync(BatchQueue.Lane(bench.Scope.SandboxId), request);
        return request;
    }
}
