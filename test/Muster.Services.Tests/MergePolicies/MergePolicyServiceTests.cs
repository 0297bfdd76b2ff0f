using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Entities;
using Muster.Services.MergePolicies;
using Muster.Storage.ControlPlane;
using Muster.Storage.Journal;
using Muster.Storage.Profiles;

namespace Muster.Services.Tests.MergePolicies;

public class MergePolicyServiceTests
{
    [Fact]
    public async Task Create_EachKind_IsTheMethodThatItSays()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string first = await bench.DatasetAsync(), second = await bench.DatasetAsync();
        Assert.Equal(MergeMethod.Default, (await bench.Policies.ListAsync(bench.Scope, Workbench.Stop)).Single().ToMergeMethod());
        MergePolicy none = await CreateAsync(bench, graph: "none");
        Assert.Equal(new MergeMethod { Graph = GraphType.None }, none.ToMergeMethod());
        MergePolicy precedence = await CreateAsync(bench, merge: $$"""{"type":"dataSetPrecedence","order":["{{second}}","{{first}}"]}""");
        Assert.Equal(new MergeMethod { Precedence = [second, first] }, precedence.ToMergeMethod());
        MergePolicy custom = await CreateAsync(bench, merge: """{"timestampField":"_acme.changedAt"}""");
        Assert.Equal(new MergeMethod { TimestampField = "_acme.changedAt" }, custom.ToMergeMethod());
    }

    [Fact]
    public async Task Change_EachOne_IsAnEntryOfTheJournal()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        MergePolicy policy = await CreateAsync(bench);
        await bench.Policies.PatchAsync(bench.Scope, policy.Id, JsonNode.Parse("""{"op":"add","path":"/name","value":"n"}"""), Workbench.Stop);
        await bench.Policies.DeleteAsync(bench.Scope, policy.Id, Workbench.Stop);
        await Assert.ThrowsAsync<RequestRefusedException>(() => bench.Policies.DeleteAsync(bench.Scope, policy.Id, Workbench.Stop));
        List<JournalEntry> entries = await bench.QueryAsync(c => c.Journal.OrderBy(j => j.Number).ToListAsync(Workbench.Stop));
        Assert.All(entries, e => Assert.Equal(JournalKinds.PolicyChanged, e.Kind));
        JsonNode[] payloads = [.. entries.Select(e => JsonNode.Parse(e.Payload)!)];
        Assert.Equal(["created", "updated", "deleted"], payloads.Select(p => (string)p["Change"]!));
        Assert.Equal([1, 2, 2], payloads.Select(p => (int)p["Policies"]![0]!["Version"]!));
        Assert.Equal("n", (string)payloads[1]["Policies"]![0]!["Policy"]!["name"]!);
    }

    [Fact]
    public async Task Create_NewDefault_TakesOverFromTheOldOneWithItsSegments()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        MergePolicy old = (await bench.Policies.ListAsync(bench.Scope, Workbench.Stop)).Single();
        string following = await bench.SegmentAsync("homeAddress.country = \"US\"");
        MergePolicy next = await CreateAsync(bench, more: ",\"default\":true");
        Assert.True(next.IsDefault);
        MergePolicy former = await bench.Policies.GetAsync(bench.Scope, old.Id, Workbench.Stop);
        Assert.Equal((false, 2), (former.IsDefault, former.Version));
        Assert.Equal(next.Id, (await bench.Definitions.GetAsync(bench.Scope, following, Workbench.Stop)).MergePolicyId);
        Assert.Equal("mergePolicy.inUse", await SetDefaultAgainAndDeleteAsync(bench, old.Id, next.Id));
    }

    [Theory]
    [InlineData("""{"identityGraph":{"type":"pdg"},"attributeMerge":{}}""", "request.missingField")]
    [InlineData("""{"schema":{"name":"_xdm.context.profile"},"attributeMerge":{}}""", "request.missingField")]
    [InlineData("""{"schema":{"name":"_xdm.context.profile"},"identityGraph":{"type":"pdg"}}""", "request.missingField")]
    [InlineData("""{"schema":{"name":"_xdm.context.account"},"identityGraph":{"type":"pdg"},"attributeMerge":{}}""", "request.wrongValue")]
    [InlineData("""{"schema":{"name":"_xdm.context.profile"},"identityGraph":{"type":"graph"},"attributeMerge":{}}""", "request.wrongValue")]
    [InlineData("""{"schema":{"name":"_xdm.context.profile"},"identityGraph":{"type":"pdg"},"attributeMerge":{"type":"last"}}""", "request.wrongValue")]
    [InlineData("""{"schema":{"name":"_xdm.context.profile"},"identityGraph":{"type":"pdg"},"attributeMerge":{"type":"dataSetPrecedence"}}""", "request.wrongValue")]
    [InlineData("""{"schema":{"name":"_xdm.context.profile"},"identityGraph":{"type":"pdg"},"attributeMerge":{"type":"dataSetPrecedence","order":["x"]}}""", "dataset.unknown")]
    [InlineData("""{"schema":{"name":"_xdm.context.profile"},"identityGraph":{"type":"pdg"},"attributeMerge":{"type":"dataSetPrecedence","order":["x","x"]}}""", "request.wrongValue")]
    [InlineData("""{"schema":{"name":"_xdm.context.profile"},"identityGraph":{"type":"pdg"},"attributeMerge":{"timestampField":"a..b"}}""", "request.wrongValue")]
    [InlineData("""{"schema":{"name":"_xdm.context.profile"},"identityGraph":{"type":"pdg"},"attributeMerge":{},"default":"maybe"}""", "request.wrongType")]
    public async Task Create_WhatCannotBe_IsRefusedAndNotJournalled(string body, string code)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Assert.Equal(code, await RefusedAsync(() => bench.Policies.CreateAsync(bench.Scope, JsonNode.Parse(body)!.AsObject(), Workbench.Stop)));
        Assert.Empty(await bench.JournalAsync());
    }

    [Fact]
    public async Task Create_DatasetThatDoesNotFeedProfiles_IsRefused()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        foreach (string dataset in (string[])[await bench.DatasetAsync("enabled: false"), await bench.TargetAsync()])
            Assert.Equal("mergePolicy.dataset",
                await RefusedAsync(() => CreateAsync(bench, merge: $$"""{"type":"dataSetPrecedence","order":["{{dataset}}"]}""")));
    }

    [Theory]
    [InlineData("_acme.changedAt", true)]
    [InlineData("_acme.day", true)]
    [InlineData("_acme.unknownSoFar", true)]
    [InlineData("_acme.revision", false)]
    [InlineData("_acme", false)]
    [InlineData("_acme.revision.year", false)]
    public async Task Create_TimestampFieldThatIsNoDate_IsRefused(string field, bool isTaken)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.Datasets.CreateAsync(bench.Scope, "tester", new JsonObject
        {
            ["schemaRef"] = new JsonObject { ["id"] = "https://ns.adobe.com/xdm/context/profile" },
            ["schema"] = JsonNode.Parse("""
                {"type":"object","properties":{"_acme":{"type":"object","properties":{
                "changedAt":{"type":"string","format":"date-time"},"day":{"type":"string"},"revision":{"type":"integer"}}}}}
                """),
        }, Workbench.Stop);
        string body = $$"""{"timestampField":"{{field}}"}""";
        if (isTaken) Assert.Equal(field, (await CreateAsync(bench, merge: body)).TimestampField);
        else Assert.Equal("request.wrongValue", await RefusedAsync(() => CreateAsync(bench, merge: body)));
    }

    [Fact]
    public async Task Profiles_OfAPolicyWithATimestampField_HaveTheValuesOfTheLatestByIt()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string first = await bench.DatasetAsync(), second = await bench.DatasetAsync();
        static string Record(string name, string changed) => Workbench.Person("a@x.org", Workbench.Named(name) + $",\"_acme\":{{\"changedAt\":\"{changed}\"}}");
        await bench.IngestAsync(first, Record("Late", "2031-01-01T00:00:00Z"));
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        await bench.IngestAsync(second, Record("Early", "2001-01-01T00:00:00Z"));
        MergePolicy policy = await CreateAsync(bench, merge: """{"timestampField":"_acme.changedAt"}""");

        JsonNode byField = (await bench.Entities.GetProfileAsync(bench.Scope, new EntityKey("a@x.org", "Email"), null, policy.Id, Workbench.Stop))!.Entity;
        Assert.Equal("Late", (string?)byField["person"]!["name"]!["firstName"]);
        Assert.Equal("Early", (string?)(await bench.ProfileAsync("a@x.org"))!["person"]!["name"]!["firstName"]);
    }

    [Fact]
    public async Task Create_FiftyFirstDatasetOfAKind_IsRefused()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        var order = new JsonArray();
        for (int i = 0; i < 51; i++) order.Add(await bench.DatasetAsync());
        Assert.Equal("request.wrongValue",
            await RefusedAsync(() => CreateAsync(bench, merge: $$"""{"type":"dataSetPrecedence","order":{{order.ToJsonString()}}}""")));
        order.RemoveAt(50);
        await CreateAsync(bench, merge: $$"""{"type":"dataSetPrecedence","order":{{order.ToJsonString()}}}""");
    }

    [Fact]
    public async Task Create_SixthPolicyOrSecondOnEdge_IsRefused()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await CreateAsync(bench, more: ",\"isActiveOnEdge\":true");
        Assert.Equal("mergePolicy.edge", await RefusedAsync(() => CreateAsync(bench, more: ",\"isActiveOnEdge\":true")));
        for (int i = 0; i < 3; i++) await CreateAsync(bench);
        Assert.Equal("mergePolicy.limit", await RefusedAsync(() => CreateAsync(bench)));
    }

    [Fact]
    public async Task Delete_DefaultOrOnEdge_IsRefused()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        MergePolicy @default = (await bench.Policies.ListAsync(bench.Scope, Workbench.Stop)).Single();
        Assert.Equal("mergePolicy.default", await RefusedAsync(() => bench.Policies.DeleteAsync(bench.Scope, @default.Id, Workbench.Stop)));
        MergePolicy edge = await CreateAsync(bench, more: ",\"isActiveOnEdge\":true");
        Assert.Equal("mergePolicy.edge", await RefusedAsync(() => bench.Policies.DeleteAsync(bench.Scope, edge.Id, Workbench.Stop)));
    }

    private static async Task<string> SetDefaultAgainAndDeleteAsync(Workbench bench, string old, string next)
    {
        string pinned = await bench.SegmentAsync("homeAddress.country = \"CA\"");
        Assert.Equal(next, (await bench.Definitions.GetAsync(bench.Scope, pinned, Workbench.Stop)).MergePolicyId);
        Assert.Equal("mergePolicy.default", await RefusedAsync(() => PatchAsync(bench, next, "/default", "false")));
        await bench.ChangeAsync(async c => (await c.MergePolicies.SingleAsync(p => p.Id == old)).IsDefault = true);
        await bench.ChangeAsync(async c => (await c.MergePolicies.SingleAsync(p => p.Id == next)).IsDefault = false);
        return await RefusedAsync(() => bench.Policies.DeleteAsync(bench.Scope, next, Workbench.Stop));
    }

    private static Task<MergePolicy> PatchAsync(Workbench bench, string id, string path, string value) =>
        bench.Policies.PatchAsync(bench.Scope, id, new JsonObject { ["op"] = "add", ["path"] = path, ["value"] = value }, Workbench.Stop);

    private static Task<MergePolicy> CreateAsync(Workbench bench, string graph = "pdg", string merge = "{}", string more = "") =>
        bench.Policies.CreateAsync(bench.Scope, JsonNode.Parse(
            $$"""{"name":"p","schema":{"name":"_xdm.context.profile"},"identityGraph":{"type":"{{graph}}"},"attributeMerge":{{merge}}{{more}}}""")!.AsObject(),
            Workbench.Stop);

    private static async Task<string> RefusedAsync(Func<Task> call) => (await Assert.ThrowsAsync<RequestRefusedException>(call)).Code;
}
