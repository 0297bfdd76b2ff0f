using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Segmentation.Jobs;
using Muster.Storage.ControlPlane;
using Muster.Storage.Profiles;

namespace Muster.Services.Tests.Segmentation;

public class SegmentJobTests
{
    private const string Adult = "age >= 18";

    [Fact]
    public async Task Run_ThreeTimesOverChangingData_RealizedThenExistingThenExited()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        string segment = await bench.SegmentAsync(Adult);
        await bench.IngestAsync(dataset, Aged("in@x.org", 30), Aged("out@x.org", 10));

        AssertCounters(await bench.EvaluateAsync(), segment, profiles: 2, members: 1, realized: 1, existing: 0, exited: 0);
        Assert.Equal(("realized", null), (await bench.StatusAsync("in@x.org", segment), await bench.StatusAsync("out@x.org", segment)));
        string entered = await QualifiedAsync(bench, "in@x.org", segment);

        await bench.IngestAsync(dataset, Aged("late@x.org", 40));
        AssertCounters(await bench.EvaluateAsync(), segment, profiles: 3, members: 2, realized: 1, existing: 1, exited: 0);
        Assert.Equal(("existing", "realized"),
            (await bench.StatusAsync("in@x.org", segment), await bench.StatusAsync("late@x.org", segment)));
        Assert.Equal(entered, await QualifiedAsync(bench, "in@x.org", segment));

        await bench.IngestAsync(dataset, Aged("in@x.org", 3));
        SegmentJob last = await bench.EvaluateAsync();
        AssertCounters(last, segment, profiles: 3, members: 1, realized: 0, existing: 1, exited: 1);
        Assert.Equal(("exited", "existing"),
            (await bench.StatusAsync("in@x.org", segment), await bench.StatusAsync("late@x.org", segment)));
        Assert.NotEqual(entered, await QualifiedAsync(bench, "in@x.org", segment));
        Assert.Equal([1L, 2, 3, 4, 5, 6], await bench.JournalAsync());
    }

    [Fact]
    public async Task Run_ClockStandsStill_LaterRunStillIsLater()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string segment = await bench.SegmentAsync(Adult);
        await bench.IngestAsync(await bench.DatasetAsync(), Aged("in@x.org", 30));
        await bench.EvaluateAsync();
        bench.Time.AdjustTime(bench.Time.GetUtcNow().AddHours(-1));
        await bench.EvaluateAsync();
        Assert.Equal("existing", await bench.StatusAsync("in@x.org", segment));
    }

    [Fact]
    public async Task Run_NobodyQualifies_CountsZero()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string segment = await bench.SegmentAsync(Adult);
        AssertCounters(await bench.EvaluateAsync(segment), segment, profiles: 0, members: 0, realized: 0, existing: 0, exited: 0);
        await bench.IngestAsync(await bench.DatasetAsync(), Aged("a@x.org", 1));
        AssertCounters(await bench.EvaluateAsync(segment), segment, profiles: 1, members: 0, realized: 0, existing: 0, exited: 0);
    }

    [Fact]
    public async Task Run_Members_AreCountedByNamespace()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string segment = await bench.SegmentAsync(Adult);
        await bench.IngestAsync(
            await bench.DatasetAsync(), Aged("a@x.org", 30),
            """{"identityMap":{"Email":[{"id":"b@x.org","primary":true}],"CRM":[{"id":"7"},{"id":"8"}]},"age":50}""");
        SegmentJob job = await bench.EvaluateAsync();
        JsonNode counters = JsonNode.Parse(job.Metrics)!["segmentedProfileByNamespaceCounter"]![segment]!;
        Dictionary<string, int> byCode = counters.AsObject().ToDictionary(n => n.Key.ToLowerInvariant(), n => (int)n.Value!);
        Assert.Equal((2, 1), (byCode["email"], byCode["crm"]));
    }

    [Fact]
    public async Task Run_OneSegmentDoesNotCompileAnyMore_OthersAreEvaluated()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string good = await bench.SegmentAsync(Adult), bad = await bench.SegmentAsync("age >= 19");
        await bench.ChangeAsync(async c => (await c.SegmentDefinitions.SingleAsync(d => d.Id == bad)).ExpressionValue = "age >= ");
        await bench.IngestAsync(await bench.DatasetAsync(), Aged("a@x.org", 30));

        SegmentJob job = await bench.EvaluateAsync();

        AssertCounters(job, good, profiles: 1, members: 1, realized: 1, existing: 0, exited: 0);
        Assert.Contains(bad, Assert.Single(JsonSerializer.Deserialize<JobError[]>(job.Errors)!).Msg, StringComparison.Ordinal);
        Assert.False(JsonNode.Parse(job.Metrics)!["segmentedProfileCounter"]!.AsObject().ContainsKey(bad));
    }

    [Fact]
    public async Task Run_OneSegmentOverItsBudget_IsNamedAndOthersAreEvaluated()
    {
        await using Workbench bench = await Workbench.OpenAsync(guardrails: new Guardrails { WorkPerDefinition = 100 });
        await bench.IngestAsync(await bench.DatasetAsync(),
            Workbench.Person("a@x.org", "\"age\":30,\"tags\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\"]"));
        string fine = await bench.SegmentAsync(Adult);
        string greedy =
            await bench.SegmentAsync("exists A from tags, B from tags, C from tags where A != B and B != C and A != C and A = B");
        SegmentJob job = await bench.EvaluateAsync();
        Assert.Equal(JobStatus.Succeeded, job.Status);
        JobError error = Assert.Single(JsonSerializer.Deserialize<JobError[]>(job.Errors)!);
        Assert.Equal("UPSEG-1003-400", error.Code);
        Assert.Contains(greedy, error.Msg, StringComparison.Ordinal);
        JsonNode metrics = JsonNode.Parse(job.Metrics)!;
        Assert.Equal(1, (int)metrics["segmentedProfileCounter"]![fine]!);
        Assert.Null(metrics["segmentedProfileCounter"]![greedy]);
        Assert.True((double)metrics["segmentCosts"]![greedy]!["work"]! > 100 && (double)metrics["segmentCosts"]![fine]!["work"]! < 100);
    }

    [Fact]
    public async Task Run_EverySegmentFails_ChangesNothing()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string segment = await bench.SegmentAsync(Adult);
        await bench.IngestAsync(await bench.DatasetAsync(), Aged("a@x.org", 30));
        await bench.EvaluateAsync();
        await bench.ChangeAsync(async c => (await c.SegmentDefinitions.SingleAsync(d => d.Id == segment)).ExpressionValue = "age >= ");

        SegmentJob job = await bench.EvaluateAsync();

        Assert.Equal(JobStatus.Failed, job.Status);
        Assert.Single(JsonSerializer.Deserialize<JobError[]>(job.Errors)!);
        Assert.Equal([1L, 2], await bench.JournalAsync());
        Assert.Equal("realized", await bench.StatusAsync("a@x.org", segment));
    }

    [Fact]
    public async Task Cancel_WaitingJob_NeverRuns()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.SegmentAsync(Adult);
        var gate = new TaskCompletionSource();
        bench.Lanes.TryAdd("segmentation/" + bench.Scope.SandboxId, "first", _ => gate.Task);
        SegmentJob job = await bench.Jobs.CreateAsync(bench.Scope, new NewSegmentJob(null, "api", null, null, null), Workbench.Stop);
        await bench.Jobs.CancelAsync(bench.Scope, job.Id, Workbench.Stop);
        Assert.Equal(JobStatus.Cancelling, (await bench.Jobs.GetAsync(bench.Scope, job.Id, Workbench.Stop)).Status);
        Task ended = bench.JobQueue.WhenEndedAsync(bench.Scope.SandboxId, job.Id);
        gate.SetResult();
        await ended;
        Assert.Equal(JobStatus.Cancelled, (await bench.Jobs.GetAsync(bench.Scope, job.Id, Workbench.Stop)).Status);
        Assert.Empty(await bench.JournalAsync());
    }

    [Fact]
    public async Task Cancel_RunningJobAtAnyMoment_EndsCancelledWithoutTraceOrSucceeded()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string segment = await bench.SegmentAsync(Adult);
        await bench.IngestAsync(await bench.DatasetAsync(), Aged("a@x.org", 30));
        for (int i = 0; i < 15; i++)
        {
            long before = (await bench.JournalAsync()).Count;
            SegmentJob job = await bench.Jobs.CreateAsync(bench.Scope, new NewSegmentJob(null, "api", null, null, null), Workbench.Stop);
            Task ended = bench.JobQueue.WhenEndedAsync(bench.Scope.SandboxId, job.Id);
            for (int yields = 0; yields < i * 40; yields++) await Task.Yield();
            await bench.Jobs.CancelAsync(bench.Scope, job.Id, Workbench.Stop);
            await ended;
            SegmentJob? done = await bench.QueryAsync(c => c.SegmentJobs.SingleOrDefaultAsync(j => j.Id == job.Id, Workbench.Stop));
            // Cancelling a job that had finished takes its record away; one that finishes at the same moment stays.
            Assert.Contains(done?.Status, new[] { null, JobStatus.Cancelled, JobStatus.Succeeded });
            Assert.Equal(done?.Status == JobStatus.Cancelled ? before : before + 1, (await bench.JournalAsync()).Count);
        }

        await bench.EvaluateAsync();
        Assert.Single(Directory.GetFiles(bench.Folder.Membership(bench.Scope.SandboxId)));
        Assert.Contains(await bench.StatusAsync("a@x.org", segment), new[] { "realized", "existing" });
    }

    [Fact]
    public async Task Cancel_FinishedJob_TakesItOutOfTheList()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.SegmentAsync(Adult);
        SegmentJob job = await bench.EvaluateAsync();
        await bench.Jobs.CancelAsync(bench.Scope, job.Id, Workbench.Stop);
        Assert.Equal(404, (await Assert.ThrowsAsync<RequestRefusedException>(() =>
            bench.Jobs.GetAsync(bench.Scope, job.Id, Workbench.Stop))).Status);
    }

    [Fact]
    public async Task Run_TakenManyTimesAtOnce_CommitsOnce()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.SegmentAsync(Adult);
        await bench.IngestAsync(await bench.DatasetAsync(), Aged("a@x.org", 30));
        var gate = new TaskCompletionSource();
        bench.Lanes.TryAdd("segmentation/" + bench.Scope.SandboxId, "first", _ => gate.Task);
        SegmentJob job = await bench.Jobs.CreateAsync(bench.Scope, new NewSegmentJob(null, "api", null, null, null), Workbench.Stop);

        await Task.WhenAll(Enumerable.Range(0, 4)
            .Select(_ => Task.Run(() => bench.JobRunner.RunAsync(bench.Scope.SandboxId, job.Id, Workbench.Stop))));
        gate.SetResult();

        Assert.Equal(JobStatus.Succeeded, (await bench.Jobs.GetAsync(bench.Scope, job.Id, Workbench.Stop)).Status);
        Assert.Equal([1L, 2], await bench.JournalAsync());
        Assert.Single(Directory.GetFiles(bench.Folder.Membership(bench.Scope.SandboxId)));
    }

    [Fact]
    public async Task Create_ManyAtOnce_AreNumberedWithoutDoubles()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.SegmentAsync(Adult);
        SegmentJob[] jobs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => bench.Jobs.CreateAsync(bench.Scope, new NewSegmentJob(null, "api", null, null, null), Workbench.Stop))));
        Assert.Equal(8, jobs.Select(j => j.ComputeJobId).Distinct().Count());
    }

    [Fact]
    public async Task Profile_MergedAfterTheJob_HasBothMemberships()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        string old = await bench.SegmentAsync("age >= 60"), ann = await bench.SegmentAsync("""person.name.firstName = "Ann" """);
        await bench.IngestAsync(dataset, Aged("a@x.org", 70),
            Workbench.Person("b@x.org", "\"person\":{\"name\":{\"firstName\":\"Ann\"}},\"age\":1"));
        await bench.EvaluateAsync();
        await LinkAsync(bench);

        foreach (string email in new[] { "a@x.org", "b@x.org" })
            Assert.Equal(("realized", "realized"), (await bench.StatusAsync(email, old), await bench.StatusAsync(email, ann)));

        SegmentJob job = await bench.EvaluateAsync();
        Assert.Equal(1, (int)JsonNode.Parse(job.Metrics)!["totalProfiles"]!);
        Assert.Equal("existing", await bench.StatusAsync("b@x.org", ann));
    }

    [Fact]
    public async Task Run_InSegmentOfAnEarlierJob_ReadsItsMembersThroughMerges()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        string old = await bench.SegmentAsync("age >= 60");
        string of = await bench.SegmentAsync($"inSegment(\"{old}\")");
        await bench.IngestAsync(dataset, Aged("b@x.org", 1), Aged("a@x.org", 70), Aged("c@x.org", 80));
        await bench.EvaluateAsync(old);
        AssertCounters(await bench.EvaluateAsync(of), of, profiles: 3, members: 2, realized: 2, existing: 0, exited: 0);
        await LinkAsync(bench);
        AssertCounters(await bench.EvaluateAsync(of), of, profiles: 2, members: 2, realized: 0, existing: 2, exited: 0);
    }

    [Fact]
    public async Task Run_BatchMergesProfilesBeforeTheFirstJobCommits_NoMembershipIsLost()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        string old = await bench.SegmentAsync("age >= 60");
        await bench.IngestAsync(dataset, Aged("b@x.org", 1), Aged("a@x.org", 70));
        var store = await bench.Stores.GetAsync(bench.Scope.SandboxId);
        await using (var basis = store.TakeSnapshot())
        {
            long member = basis.Profiles.FindProfile(GraphType.Pdg, "Email", "a@x.org")!.Value;
            string path = store.NewMembershipPath();
            new Muster.Storage.Membership.MembershipUpdate
            {
                Space = "pdg",
                Time = 1,
                Evaluated = new Dictionary<string,
                    Muster.Storage.Membership.OrdinalSet>
                { [old] = Muster.Storage.Membership.OrdinalSet.Of(member) },
            }.Write(path);
            await LinkAsync(bench);
            Assert.True(await store.CommitMembershipAsync(basis.Manifest, new Dictionary<GraphType, string> { [GraphType.Pdg] = path }, new { }, (_, _) => Task.FromResult(true), Workbench.Stop));
        }

        Assert.Equal("realized", await bench.StatusAsync("b@x.org", old));
    }

    /// <summary>Makes one person of two, without any attribute.</summary>
    private static async Task LinkAsync(Workbench bench) => await bench.IngestAsync(
        await bench.DatasetAsync(), """{"identityMap":{"Email":[{"id":"b@x.org","primary":true},{"id":"a@x.org"}]}}""");

    private static string Aged(string email, int age) => Workbench.Person(email, $"\"age\":{age}");

    private static async Task<string> QualifiedAsync(Workbench bench, string email, string segment) =>
        (string)(await bench.ProfileAsync(email))!["segmentMembership"]!["ups"]![segment]!["lastQualificationTime"]!;

    private static void AssertCounters(SegmentJob job, string segment, int profiles, int members, int realized, int existing, int exited)
    {
        Assert.True(job.Status == JobStatus.Succeeded, job.Errors);
        JsonNode metrics = JsonNode.Parse(job.Metrics)!;
        JsonNode status = metrics["segmentedProfileByStatusCounter"]![segment]!;
        Assert.Equal(
            (profiles, members, realized, existing, exited),
            ((int)metrics["totalProfiles"]!, (int)metrics["segmentedProfileCounter"]![segment]!, (int)status["realized"]!,
                (int)status["existing"]!, (int)status["exited"]!));
        Assert.All(metrics["totalProfilesByMergePolicy"]!.AsObject(), p => Assert.Equal(profiles, (int)p.Value!));
    }
}
