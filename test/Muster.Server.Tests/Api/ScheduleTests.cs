using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Muster.Services.Scheduling;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Tests.Api;

public sealed class ScheduleTests
{
    private const string Path = "/data/core/ups/config/schedules";
    private const string Body = """{"name":"Daily","type":"batch_segmentation","properties":{"segments":["*"]},"schedule":"0 0 1 * * ?","state":"inactive"}""";

    [Fact]
    public async Task TutorialFlow_CreateActivateReschedule_Follows()
    {
        await using ServerFixture server = await StartedAsync();
        Answer created = await server.PostAsync(Path, Body);
        Assert.Equal(200, created.Status);
        string id = (string)created.Json["id"]!;
        Assert.Equal("daily", (string)created.Json["frequency"]!);

        Answer activated = await server.PostAsync($"{Path}/{id}", """[{"op":"add","path":"/state","value":"active"}]""");
        Assert.Equal((204, ""), (activated.Status, activated.Text));
        Answer changed = await server.PatchAsync($"{Path}/{id}", """[{"op":"replace","path":"/schedule","value":"0 15 10 * * ?"}]""");
        Assert.Equal((204, ""), (changed.Status, changed.Text));
        JsonNode schedule = (await server.GetAsync($"{Path}/{id}")).Json;
        Assert.Equal(("active", "0 15 10 * * ?"), ((string)schedule["state"]!, (string)schedule["schedule"]!));

        JsonNode list = (await server.GetAsync(Path)).Json;
        Assert.Equal("""{"totalCount":1,"pageSize":1}""", list["_page"]!.ToJsonString());
        Assert.Equal("""{"next":{}}""", list["_links"]!.ToJsonString());
        Answer second = await server.PostAsync(Path, Body);
        Assert.Equal((400, "schedule.exists"), (second.Status, second.Headers["x-muster-error"]));
        Assert.Equal(204, (await server.DeleteAsync($"{Path}/{id}")).Status);
        Assert.Equal(404, (await server.GetAsync($"{Path}/{id}")).Status);
    }

    [Theory]
    [InlineData("""{"type":"batch_segmentation","properties":{"segments":["*"]}}""", "request.missingField")]
    [InlineData("""{"name":"n","type":"other","properties":{}}""", "request.wrongValue")]
    [InlineData("""{"name":"n","type":"batch_segmentation"}""", "request.missingField")]
    [InlineData("""{"name":"n","type":"batch_segmentation","properties":{"segments":[]}}""", "request.wrongValue")]
    [InlineData("""{"name":"n","type":"batch_segmentation","properties":{"segments":[1]}}""", "request.wrongType")]
    [InlineData("""{"name":"n","type":"batch_segmentation","properties":{"segments":["x"]}}""", "segment.unknown")]
    [InlineData("""{"name":"n","type":"batch_segmentation","properties":{"segments":["*"]},"schedule":"0 0 * * * ?"}""", "cron.tooFrequent")]
    [InlineData("""{"name":"n","type":"batch_segmentation","properties":{"segments":["*"]},"schedule":"0 0 1 * *"}""", "cron.fieldCount")]
    [InlineData("""{"name":"n","type":"batch_segmentation","properties":{"segments":["*"]},"state":"on"}""", "request.wrongValue")]
    public async Task Create_Wrong_Refused(string body, string code)
    {
        await using ServerFixture server = await StartedAsync();
        Answer answer = await server.PostAsync(Path, body);
        Assert.Equal((400, code), (answer.Status, answer.Headers["x-muster-error"]));
        Assert.Equal(code, (string)answer.Json["errors"]!["400"]![0]!["code"]!);
    }

    [Fact]
    public async Task Patch_OneOperationWrong_NothingChanges()
    {
        await using ServerFixture server = await StartedAsync();
        string id = (string)(await server.PostAsync(Path, Body)).Json["id"]!;
        Answer answer = await server.PatchAsync($"{Path}/{id}", """[{"op":"add","path":"/state","value":"active"},{"op":"add","path":"/name","value":"x"}]""");
        Assert.Equal(400, answer.Status);
        Assert.Equal("inactive", (string)(await server.GetAsync($"{Path}/{id}")).Json["state"]!);
    }

    [Fact]
    public async Task Activate_SixMergePolicies_Refused()
    {
        await using ServerFixture server = await StartedAsync();
        string id = (string)(await server.PostAsync(Path, Body)).Json["id"]!;
        await using (ControlPlaneContext context = Database(server))
        {
            MergePolicy one = await context.MergePolicies.SingleAsync(TestContext.Current.CancellationToken);
            for (int i = 0; i < 5; i++)
            {
                context.MergePolicies.Add(new MergePolicy
                {
                    Id = $"p{i}",
                    SandboxId = one.SandboxId,
                    Name = "n",
                    SchemaName = one.SchemaName,
                    IdentityGraphType = "none",
                    AttributeMergeType = one.AttributeMergeType,
                });
            }

            await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        Answer answer = await server.PatchAsync($"{Path}/{id}", """[{"op":"add","path":"/state","value":"active"}]""");
        Assert.Equal((400, "schedule.mergePolicies"), (answer.Status, answer.Headers["x-muster-error"]));
    }

    [Fact]
    public async Task Fire_SameTimeTwice_OneJob()
    {
        await using ServerFixture server = await StartedAsync();
        string id = await ActiveAsync(server);
        DateTimeOffset due = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
        string? job = await Runner(server).FireAsync(id, due, TestContext.Current.CancellationToken);
        Assert.NotNull(job);
        Assert.Null(await Runner(server).FireAsync(id, due, TestContext.Current.CancellationToken));
        Assert.Null(await Runner(server).FireAsync(id, server.Time.GetUtcNow().AddDays(-1), TestContext.Current.CancellationToken));
        await using ControlPlaneContext context = Database(server);
        SegmentJob made = await context.SegmentJobs.SingleAsync(TestContext.Current.CancellationToken);
        Assert.Equal((job, "scheduler", $"{id}-{due.ToUnixTimeMilliseconds()}"), (made.Id, made.Source, made.RequestId));
        Assert.Equal(id, (string)JsonNode.Parse(made.Properties)!["scheduleId"]!);
    }

    [Fact]
    public async Task CatchUp_ThreeDaysMissed_OneLateRun()
    {
        await using ServerFixture server = await StartedAsync();
        await ActiveAsync(server);
        DateTimeOffset start = server.Time.GetUtcNow();
        Assert.Empty(await Runner(server).CatchUpAsync(start.AddHours(2), TestContext.Current.CancellationToken));
        Assert.Single(await Runner(server).CatchUpAsync(start.AddDays(3), TestContext.Current.CancellationToken));
        Assert.Empty(await Runner(server).CatchUpAsync(start.AddDays(3), TestContext.Current.CancellationToken));
        Assert.Single(await Runner(server).CatchUpAsync(start.AddDays(4), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Restart_TimeMissedWhileDown_OneLateRun()
    {
        await using ServerFixture server = await StartedAsync();
        string id = await ActiveAsync(server);
        await server.StopAsync();
        server.Time.Advance(TimeSpan.FromDays(2));
        await server.StartAsync();
        await server.StopAsync();
        await server.StartAsync();
        await using ControlPlaneContext context = Database(server);
        ScheduleFire fire = await context.ScheduleFires.SingleAsync(TestContext.Current.CancellationToken);
        Assert.Equal((id, new DateTimeOffset(2026, 3, 3, 1, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()), (fire.ScheduleId, fire.FireTime));
        Assert.Equal(1, await context.SegmentJobs.CountAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Trigger_ClockReachesTheTime_JobOnTheDot()
    {
        await using ServerFixture server = await StartedAsync();
        string id = await ActiveAsync(server);
        server.Time.Advance(TimeSpan.FromHours(13));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        await using ControlPlaneContext context = Database(server);
        while (!await context.ScheduleFires.AnyAsync(limit.Token)) server.Time.Advance(TimeSpan.FromSeconds(1));
        ScheduleFire fire = await context.ScheduleFires.AsNoTracking().SingleAsync(limit.Token);
        Assert.Equal((id, new DateTimeOffset(2026, 3, 2, 1, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()), (fire.ScheduleId, fire.FireTime));
        Assert.NotNull(fire.JobId);
    }

    [Fact]
    public async Task Restart_YearOfTheExpressionHasPassed_StartsWithoutATrigger()
    {
        await using ServerFixture server = await StartedAsync();
        string id = await ActiveAsync(server);
        await server.PatchAsync($"{Path}/{id}", """[{"op":"add","path":"/schedule","value":"0 0 1 * * ? 2026"}]""");
        await server.StopAsync();
        server.Time.Advance(TimeSpan.FromDays(365));
        await server.StartAsync();
        Assert.Equal("active", (string)(await server.GetAsync($"{Path}/{id}")).Json["state"]!);
        Assert.Equal(204, (await server.PatchAsync($"{Path}/{id}", """[{"op":"add","path":"/state","value":"active"}]""")).Status);
        await using ControlPlaneContext context = Database(server);
        ScheduleFire late = await context.ScheduleFires.SingleAsync(TestContext.Current.CancellationToken);
        Assert.Equal(new DateTimeOffset(2026, 12, 31, 1, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), late.FireTime);
    }

    [Fact]
    public async Task PatchAndDelete_ManyAtOnce_EachDoneOrUnknown()
    {
        await using ServerFixture server = await StartedAsync();
        for (int round = 0; round < 3; round++)
        {
            string path = $"{Path}/{await ActiveAsync(server)}";
            Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => i % 4 == 3
                ? server.DeleteAsync(path)
                : server.PatchAsync(path, $$"""[{"op":"add","path":"/schedule","value":"0 {{i}} 1 * * ?"}]""")));
            Assert.All(answers, answer => Assert.Contains(answer.Status, (int[])[204, 404]));
        }
    }

    private static async Task<ServerFixture> StartedAsync()
    {
        var server = new ServerFixture();
        await server.StartAsync();
        return server;
    }

    private static async Task<string> ActiveAsync(ServerFixture server)
    {
        Answer created = await server.PostAsync(Path, Body.Replace("inactive", "active", StringComparison.Ordinal));
        return (string)created.Json["id"]!;
    }

    private static ScheduleRunner Runner(ServerFixture server) => server.App.Services.GetRequiredService<ScheduleRunner>();

    private static ControlPlaneContext Database(ServerFixture server) =>
        server.App.Services.GetRequiredService<IDbContextFactory<ControlPlaneContext>>().CreateDbContext();
}
