using Microsoft.EntityFrameworkCore;
using Muster.Services.Segmentation.Jobs;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Tests.Work;

public class WorkRecoveryTests
{
    [Fact]
    public async Task Resume_BatchesLeftStagingAndLoaded_LandInTheOrderOfArrival()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        var batches = new List<Batch>();
        foreach (string name in new[] { "first", "second", "third" })
        {
            Batch batch = await bench.OpenBatchAsync(dataset);
            await bench.UploadAsync(batch, "a.json", Workbench.Person("a", $"\"person\":{{\"name\":{{\"firstName\":\"{name}\"}}}}"));
            batches.Add(batch);
            bench.Time.Advance(TimeSpan.FromSeconds(1));
            await bench.ChangeAsync(async c =>
            {
                Batch row = await c.Batches.SingleAsync(b => b.Id == batch.Id);
                row.Status = BatchStatus.Loaded;
                row.UpdatedAt = bench.Time.GetUtcNow().ToUnixTimeMilliseconds();
            });
        }

        // The first was being processed when the process died, and had written half of its lake file.
        await bench.ChangeAsync(async c =>
        {
            Batch row = await c.Batches.SingleAsync(b => b.Id == batches[0].Id);
            row.Status = BatchStatus.Staging;
            row.UpdatedAt = bench.Time.GetUtcNow().ToUnixTimeMilliseconds() + 1000;
        });
        string half = bench.Folder.Lake(bench.Scope.SandboxId, dataset, batches[0].Id);
        Directory.CreateDirectory(half);
        await File.WriteAllTextAsync(Path.Combine(half, "part.parquet.tmp"), "half", Workbench.Stop);

        await bench.RestartAsync();
        await bench.Recovery.ResumeAsync(Workbench.Stop);
        foreach (Batch batch in batches) Assert.Equal(BatchStatus.Success, (await bench.CompleteAsync(batch)).Status);

        Assert.Equal("third", (string?)(await bench.ProfileAsync("a"))!["person"]!["name"]!["firstName"]);
        List<string> order = await bench.QueryAsync(c => c.Batches.OrderBy(b => b.Sequence).Select(b => b.Id).ToListAsync(Workbench.Stop));
        Assert.Equal(batches.Select(b => b.Id), order);
        Assert.Equal([1L, 2, 3], await bench.JournalAsync());
        Assert.DoesNotContain(Directory.GetFiles(half), f => f.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Resume_JobsLeftInEveryState_EndAsTheyShould()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string target = await bench.TargetAsync(), segment = await bench.SegmentAsync("age >= 18");
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a", "\"age\":30"));
        var gate = new TaskCompletionSource();
        bench.Lanes.TryAdd("segmentation/" + bench.Scope.SandboxId, "first", token => gate.Task.WaitAsync(token));
        bench.Lanes.TryAdd("export/" + bench.Scope.SandboxId, "first", token => gate.Task.WaitAsync(token));
        string[] left = [JobStatus.New, JobStatus.Processing, JobStatus.Cancelling];
        var jobs = new List<string>();
        var exports = new List<ExportJob>();
        foreach (string status in left)
        {
            SegmentJob job = await bench.Jobs.CreateAsync(bench.Scope, new NewSegmentJob([segment], "api", null, null, null),
                Workbench.Stop);
            ExportJob export = await bench.StartExportAsync(target, "{}");
            jobs.Add(job.Id);
            exports.Add(export);
            await bench.ChangeAsync(async c =>
            {
                (await c.SegmentJobs.SingleAsync(j => j.Id == job.Id)).Status = status;
                (await c.ExportJobs.SingleAsync(j => j.Id == export.Id)).Status = status;
            });
        }

        await bench.RestartAsync();
        Assert.Equal(left, await StatusesAsync(bench, jobs));
        await bench.Recovery.ResumeAsync(Workbench.Stop);
        foreach (string job in jobs) await bench.JobQueue.WhenEndedAsync(bench.Scope.SandboxId, job);

        string[] expected = [JobStatus.Succeeded, JobStatus.Succeeded, JobStatus.Cancelled];
        Assert.Equal(expected, await StatusesAsync(bench, jobs));
        for (int i = 0; i < exports.Count; i++) Assert.Equal(expected[i], (await bench.EndedAsync(exports[i])).Status);
        Assert.Equal("existing", await bench.StatusAsync("a", segment));
        Assert.Equal([1L, 2, 3, 4, 5], await bench.JournalAsync());
    }

    [Fact]
    public async Task Resume_FilesThatNoRowNames_AreSwept()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync(), segment = await bench.SegmentAsync("age >= 18"), sandbox = bench.Scope.SandboxId;
        Batch landed = await bench.IngestAsync(dataset, Workbench.Person("a", "\"age\":30"));
        await bench.EvaluateAsync();
        Batch open = await bench.OpenBatchAsync(dataset);
        await bench.UploadAsync(open, "a.json", Workbench.Person("b"));
        string[] garbage =
        [
            bench.Folder.Lake(sandbox, dataset, "crashed"), bench.Folder.Lake(sandbox, "gone", "crashed"),
            bench.Folder.Staging(sandbox, landed.Id), bench.Folder.Staging(sandbox, "crashed"),
        ];
        foreach (string folder in garbage)
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, "x"), "x", Workbench.Stop);
        }

        string membership = Path.Combine(bench.Folder.Membership(sandbox), "stray.membership");
        await File.WriteAllTextAsync(membership, "x", Workbench.Stop);
        await bench.RestartAsync();
        await bench.Recovery.ResumeAsync(Workbench.Stop);

        Assert.All(garbage, g => Assert.False(Directory.Exists(g), g));
        Assert.Equal("realized", await bench.StatusAsync("a", segment));
        Assert.False(File.Exists(membership));
        Assert.Single(await bench.ReadAsync(landed.Id, "SELECT 1 FROM exported"));
        Assert.Equal(BatchStatus.Success, (await bench.CompleteAsync(open)).Status);
        Assert.NotNull(await bench.ProfileAsync("b"));
    }

    private static async Task<string[]> StatusesAsync(Workbench bench, List<string> jobs)
    {
        var statuses = new List<string>();
        foreach (string job in jobs) statuses.Add((await bench.Jobs.GetAsync(bench.Scope, job, Workbench.Stop)).Status);
        return [.. statuses];
    }
}
