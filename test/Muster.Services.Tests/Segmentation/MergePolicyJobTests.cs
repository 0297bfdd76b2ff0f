using System.Text.Json.Nodes;
using Muster.Services.Segmentation.Jobs;
using Muster.Storage.ControlPlane;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Tests.Segmentation;

/// <summary>Jobs over the profiles of several merge policies, and who is in no audience.</summary>
public class MergePolicyJobTests
{
    [Fact]
    public async Task Run_ThreePolicies_EachHasItsPopulationAndReadsTheOthersSegments()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string crm = await bench.DatasetAsync(), shop = await bench.DatasetAsync();
        // Ann is one person of two records in crm (her addresses are linked there) and one in shop; Bob is in crm, Cy in shop only.
        await bench.IngestAsync(crm,
            """{"identityMap":{"Email":[{"id":"ann@x.org","primary":true}],"ECID":[{"id":"1"}]},"age":30,"city":"Rome"}""",
            """{"identityMap":{"Email":[{"id":"ann@y.org","primary":true}],"ECID":[{"id":"1"}]},"age":31}""",
            Workbench.Person("bob@x.org", "\"age\":50,\"city\":\"Oslo\""));
        // Recency decides, so one must be later than the other.
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        await bench.IngestAsync(shop,
            Workbench.Person("ann@x.org", "\"age\":10,\"city\":\"Paris\""), Workbench.Person("cy@x.org", "\"age\":60,\"city\":\"Rome\""));
        string none = await PolicyAsync(bench, "none", """{"type":"timestampOrdered"}""");
        string precedence = await PolicyAsync(bench, "pdg", $$"""{"type":"dataSetPrecedence","order":["{{crm}}"]}""");

        // Without a graph: ann@x.org (newest record: shop) is 10, ann@y.org 31, bob 50, cy 60.
        string adultsNone = await SegmentAsync(bench, "age >= 30", none);
        // One person of all datasets: Ann has the newest age of all, 10, and lives in Paris.
        string parisians = await SegmentAsync(bench, "city = \"Paris\"", null);
        // Of crm only: Ann (31, from the later record; Rome) and Bob.
        string romans = await SegmentAsync(bench, "city = \"Rome\"", precedence);
        // Across: Ann is in adultsNone by ann@y.org, and in parisians.
        string both = await SegmentAsync(bench, $"inSegment(\"{adultsNone}\") and inSegment(\"{parisians}\")", precedence);
        string back = await SegmentAsync(bench, $"inSegment(\"{both}\")", none);

        SegmentJob job = await bench.EvaluateAsync();
        Assert.True(job.Status == JobStatus.Succeeded, job.Errors);
        JsonNode metrics = JsonNode.Parse(job.Metrics)!;
        Assert.Equal(4, (int)metrics["totalProfilesByMergePolicy"]![none]!);
        Assert.Equal(2, (int)metrics["totalProfilesByMergePolicy"]![precedence]!);
        int[] counts = [.. new[] { adultsNone, parisians, romans, both, back }.Select(s => (int)metrics["segmentedProfileCounter"]![s]!)];
        Assert.Equal([3, 1, 1, 1, 2], counts);

        // A later job that has the last one only reads what the first one stored.
        await bench.EvaluateAsync(back);
        await using SandboxSnapshot snapshot = (await bench.Stores.GetAsync(bench.Scope.SandboxId)).TakeSnapshot();
        long Identity(string id) => snapshot.Profiles.FindProfile(GraphType.None, "Email", id)!.Value;
        Assert.Equal(
            new[] { Identity("ann@x.org"), Identity("ann@y.org") }.Order(), snapshot.Space(GraphType.None).Select(back, MembershipStatus.Member).Order());
        Assert.Equal(MembershipStatus.Existing, snapshot.Space(GraphType.None).Of(Identity("ann@x.org")).Single(m => m.SegmentId == back).Status);
    }

    [Fact]
    public async Task Run_SegmentsThatReferToEachOtherAcrossPolicies_FailAloneAndAreNamed()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a@x.org", "\"age\":1"));
        string none = await PolicyAsync(bench, "none", """{"type":"timestampOrdered"}""");
        string first = await SegmentAsync(bench, "age = 1", none), sound = await SegmentAsync(bench, "age = 1", null);
        string second = await SegmentAsync(bench, $"inSegment(\"{first}\")", null);
        await bench.ChangeAsync(async c => (await c.SegmentDefinitions.FindAsync([first], Workbench.Stop))!.ExpressionValue = $"inSegment(\"{second}\")");

        SegmentJob job = await bench.EvaluateAsync();
        Assert.Equal(JobStatus.Succeeded, job.Status);
        Assert.Equal(1, (int)JsonNode.Parse(job.Metrics)!["segmentedProfileCounter"]![sound]!);
        Assert.Contains(first, job.Errors, StringComparison.Ordinal);
        Assert.Contains(second, job.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PolicyThatIsGone_FailsItsSegmentAloneAndItsExport()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a@x.org", "\"age\":1"));
        string gone = await PolicyAsync(bench, "none", """{"type":"timestampOrdered"}"""), target = await bench.TargetAsync();
        string lost = await SegmentAsync(bench, "age = 1", gone), sound = await SegmentAsync(bench, "age = 1", null);
        ExportJob export = await bench.ExportAsync(target, $$$"""{"mergePolicy":{"id":"{{{gone}}}"}}""");
        Assert.True(export.Status == JobStatus.Succeeded, export.Errors);
        await bench.ChangeAsync(async c =>
        {
            c.MergePolicies.Remove((await c.MergePolicies.FindAsync([gone], Workbench.Stop))!);
            ExportJob row = (await c.ExportJobs.FindAsync([export.Id], Workbench.Stop))!;
            row.Status = JobStatus.New;
        });

        SegmentJob job = await bench.EvaluateAsync();
        Assert.Equal(JobStatus.Succeeded, job.Status);
        JsonArray errors = JsonNode.Parse(job.Errors)!.AsArray();
        Assert.Contains(lost, Assert.Single(errors)!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("UPSEG-1004-400", job.Errors, StringComparison.Ordinal);
        Assert.Equal(1, (int)JsonNode.Parse(job.Metrics)!["segmentedProfileCounter"]![sound]!);
        Assert.Equal(JobStatus.Failed, (await bench.EvaluateAsync(lost)).Status);

        await bench.ExportRunner.RunAsync(bench.Scope.SandboxId, export.Id, Workbench.Stop);
        ExportJob failed = await bench.Exports.GetAsync(bench.Scope, export.Id, Workbench.Stop);
        Assert.Equal(JobStatus.Failed, failed.Status);
        Assert.Contains($"Merge policy '{gone}' was deleted", failed.Errors.Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PeopleWhoOptedOut_AreInNoAudienceUnlessTheDefinitionSaysSoAndInNoExport()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        static string Choice(string value) => $$"""{"optOutType":"general_opt_out","optOutValue":"{{value}}"}""";
        await bench.IngestAsync(
            await bench.DatasetAsync(),
            Workbench.Person("in@x.org", $"\"privacyOptOuts\":[{Choice("in")}]"), Workbench.Person("out@x.org", $"\"privacyOptOuts\":[{Choice("out")}]"),
            Workbench.Person("sales@x.org", "\"privacyOptOuts\":[{\"optOutType\":\"sales_sharing_opt_out\",\"optOutValue\":\"out\"}]"),
            Workbench.Person("global@x.org", "\"optInOut\":{\"globalOptout\":true}"), Workbench.Person("silent@x.org"));
        string all = await bench.SegmentAsync("identityMap.isNotNull()"), anyway = await SegmentAsync(bench, "identityMap.isNotNull()", null, excludeOptOut: false);

        SegmentJob job = await bench.EvaluateAsync();
        JsonNode counts = JsonNode.Parse(job.Metrics)!["segmentedProfileCounter"]!;
        Assert.Equal([3, 5], new[] { all, anyway }.Select(s => (int)counts[s]!));
        string body = $$$"""{"filter":{"segments":[{"segmentId":"{{{anyway}}}","segmentNs":"ups","status":["realized"]}]}}""";
        string[] exported = await bench.ExportedAsync(await bench.TargetAsync(), body, "SELECT identityMap['Email'][1].id AS id FROM exported ORDER BY 1");
        Assert.Equal(["""{"id":"in@x.org"}""", """{"id":"sales@x.org"}""", """{"id":"silent@x.org"}"""], exported);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public async Task Run_ProfileWithTooManyEvents_IsLeftOutAndCountedWhereThatIsAsked(bool excludes, int members)
    {
        await using Workbench bench = await Workbench.OpenAsync(guardrails: new Guardrails { ExcludesOversized = excludes });
        string events = await bench.DatasetAsync();
        await bench.IngestAsync(events, [.. Enumerable.Range(0, Guardrails.MaxEvents + 1).Select(i => Event("busy@x.org", i)), Event("idle@x.org", 0)]);
        string all = await bench.SegmentAsync("xEvent.count() > 0");

        JsonNode metrics = JsonNode.Parse((await bench.EvaluateAsync()).Metrics)!;
        Assert.Equal(members, (int)metrics["segmentedProfileCounter"]![all]!);
        Assert.Equal(excludes ? 1 : null, (int?)metrics["excludedProfileCounter"]?["tooManyEvents"]);
    }

    private static string Event(string email, int number) =>
        Workbench.Person(email, $"\"_id\":\"{email}{number}\",\"timestamp\":\"2026-01-01T00:00:00Z\"");

    private static async Task<string> PolicyAsync(Workbench bench, string graph, string merge) => (await bench.Policies.CreateAsync(
        bench.Scope,
        new JsonObject
        {
            ["name"] = Guid.NewGuid().ToString("N"),
            ["schema"] = new JsonObject { ["name"] = "_xdm.context.profile" },
            ["identityGraph"] = new JsonObject { ["type"] = graph },
            ["attributeMerge"] = JsonNode.Parse(merge),
        },
        Workbench.Stop)).Id;

    private static async Task<string> SegmentAsync(Workbench bench, string pql, string? policy, bool excludeOptOut = true)
    {
        var body = new JsonObject
        {
            ["name"] = Guid.NewGuid().ToString("N"),
            ["schema"] = new JsonObject { ["name"] = "_xdm.context.profile" },
            ["expression"] = new JsonObject { ["type"] = "PQL", ["format"] = "pql/text", ["value"] = pql },
            ["dataGovernancePolicy"] = new JsonObject { ["excludeOptOut"] = excludeOptOut },
        };
        if (policy is not null) body["mergePolicyId"] = policy;
        return (await bench.Definitions.CreateAsync(bench.Scope, body, Workbench.Stop)).Id;
    }
}
