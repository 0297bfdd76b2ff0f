using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Identities;
using Muster.Services.Tenancy;
using Muster.Services.Tests.Maintenance;
using Muster.Storage.ControlPlane;
using Muster.Storage.Identity;
using Muster.Storage.Journal;
using Muster.Storage.Profiles;

namespace Muster.Services.Tests.Identities;

public sealed class NamespaceServiceTests
{
    private const string Organization = "TEST@AdobeOrg";

    [Fact]
    public async Task Create_Type_IsInTheRulesOfEverySandbox()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        SandboxScope other = await SandboxAsync(bench, "other");
        Assert.Empty((await bench.Rules.GetAsync(other)).Types);
        KnownNamespace made = await CreateAsync(bench, "Product", "NON_PEOPLE");
        Assert.Equal(IdentityNamespace.FirstId, made.Id);
        Assert.Equal("NON_PEOPLE", (await bench.Rules.GetAsync(bench.Scope)).Types["Product"]);
        await LaneAsync(bench, other);
        Assert.Equal("NON_PEOPLE", (await bench.Rules.GetAsync(other)).Types["Product"]);
        SandboxScope younger = await SandboxAsync(bench, "younger");
        Assert.Equal("NON_PEOPLE", (await bench.Rules.GetAsync(younger)).Types["Product"]);
        List<JournalEntry> entries = await bench.QueryAsync(c => c.Journal.ToListAsync(Workbench.Stop));
        Assert.Equal(new[] { bench.Scope.SandboxId, other.SandboxId }.Order(), entries.Select(e => e.SandboxId).Order());
        Assert.All(entries, e => Assert.Equal(JournalKinds.LinkingRulesChanged, e.Kind));
    }

    [Fact]
    public async Task Open_SandboxThatWasNotTold_FindsOut()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await CreateAsync(bench, "First", "COOKIE");
        await bench.QueryAsync(async c =>
        {
            c.IdentityNamespaces.Add(new IdentityNamespace
            {
                Id = 10_000_007,
                OrganizationId = Organization,
                Code = "Second",
                CodeKey = "second",
                Type = "DEVICE",
                Name = "n",
            });
            return await c.SaveChangesAsync(Workbench.Stop);
        });
        await bench.RestartAsync();
        LinkingRules rules = await bench.Rules.GetAsync(bench.Scope);
        Assert.Equal(("COOKIE", "DEVICE"), (rules.Types["First"], rules.Types["Second"]));
        Assert.Equal(10_000_008, (await CreateAsync(bench, "Third", "PHONE")).Id);
    }

    [Fact]
    public async Task Create_TheSameCodeAtOnce_OnlyOneIsMade()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Task<KnownNamespace>[] both = [CreateAsync(bench, "Code", "COOKIE"), CreateAsync(bench, "CODE", "DEVICE")];
        await Task.WhenAll(both).ContinueWith(_ => { }, TaskScheduler.Default);
        Task<KnownNamespace> refused = Assert.Single(both, t => t.IsFaulted);
        Assert.Equal("namespace.exists", Assert.IsType<RequestRefusedException>(refused.Exception!.InnerException).Code);
        Assert.Single((await bench.Rules.GetAsync(bench.Scope)).Types);
        Assert.Single(await bench.JournalAsync());
    }

    [Fact]
    public async Task Ingest_NamespaceOfNoPeople_LinksNobody()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await CreateAsync(bench, "Product", "NON_PEOPLE");
        string dataset = await bench.DatasetAsync();
        await bench.IngestAsync(dataset,
            """{"identityMap":{"Email":[{"id":"a@x","primary":true}],"product":[{"id":"p"}],"Shoe":[{"id":"s"}]}}""",
            """{"identityMap":{"Email":[{"id":"b@x","primary":true}],"product":[{"id":"p"}]}}""");
        Assert.Equal([("Email", "a@x"), ("Shoe", "s")], await IdentitiesAsync(bench, "a@x"));
        Assert.Equal([("Email", "b@x")], await IdentitiesAsync(bench, "b@x"));
    }

    [Fact]
    public async Task Rules_Changed_CountForAllAtOnceAndAfterARestart()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        await bench.IngestAsync(dataset, Shared("a@x", "1"), Shared("b@x", "1"));
        Assert.Equal(3, (await IdentitiesAsync(bench, "a@x")).Count);
        await bench.Rules.SetAsync(bench.Scope, new JsonObject { ["uniqueNamespaces"] = new JsonArray("email"), ["priority"] = new JsonArray("Email", "IDFA") }, Workbench.Stop);
        Assert.Equal([("Email", "a@x"), ("IDFA", "1")], await IdentitiesAsync(bench, "a@x"));
        Assert.Equal([("Email", "b@x")], await IdentitiesAsync(bench, "b@x"));
        await bench.RestartAsync();
        LinkingRules rules = await bench.Rules.GetAsync(bench.Scope);
        Assert.Equal(["Email"], rules.UniqueNamespaces);
        Assert.Equal(["Email", "IDFA"], rules.Priority);
        bench.Time.Advance(TimeSpan.FromDays(1));
        await bench.IngestAsync(dataset, Shared("b@x", "1"));
        Assert.Equal([("Email", "a@x")], await IdentitiesAsync(bench, "a@x"));
        Assert.Equal([("Email", "b@x"), ("IDFA", "1")], await IdentitiesAsync(bench, "b@x"));
        await bench.Rules.SetAsync(bench.Scope, [], Workbench.Stop);
        Assert.Equal(3, (await IdentitiesAsync(bench, "a@x")).Count);
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
    }

    [Fact]
    public async Task Create_TypeOfANamespaceThatHasIdentities_CountsForThem()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        const string Shop = """ "Shop":[{"id":"s"}] """;
        await bench.IngestAsync(dataset,
            $$$"""{"identityMap":{"Email":[{"id":"a@x","primary":true}],{{{Shop}}}}}""", $$$"""{"identityMap":{"Email":[{"id":"b@x","primary":true}],{{{Shop}}}}}""");
        Assert.Equal(3, (await IdentitiesAsync(bench, "a@x")).Count);

        await CreateAsync(bench, "Shop", "NON_PEOPLE");

        Assert.Equal([("Email", "a@x")], await IdentitiesAsync(bench, "a@x"));
        Assert.Equal([("Email", "b@x")], await IdentitiesAsync(bench, "b@x"));
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
        long rebuilt = (await bench.JournalAsync()).Count;
        await CreateAsync(bench, "Unknown", "NON_PEOPLE");
        Assert.Equal(rebuilt + 1, (await bench.JournalAsync()).Count);
    }

    private static string Shared(string email, string device) =>
        $$$"""{"identityMap":{"Email":[{"id":"{{{email}}}","primary":true}],"IDFA":[{"id":"{{{device}}}"}]}}""";

    private static Task<KnownNamespace> CreateAsync(Workbench bench, string code, string type) =>
        bench.Namespaces.CreateAsync(bench.Scope, new JsonObject { ["code"] = code, ["name"] = code, ["idType"] = type }, Workbench.Stop);

    private static async Task<SandboxScope> SandboxAsync(Workbench bench, string name)
    {
        await bench.Sandboxes.CreateAsync(Organization, new JsonObject { ["name"] = name, ["title"] = name, ["type"] = "development" }, Workbench.Stop);
        return (await bench.Sandboxes.FindScopeAsync(Organization, name, Workbench.Stop))!;
    }

    // The items of a lane run one after another: when this one has, what was there before has.
    private static async Task LaneAsync(Workbench bench, SandboxScope scope)
    {
        bench.Lanes.TryAdd("ingestion/" + scope.SandboxId, "last", _ => Task.CompletedTask);
        await bench.Lanes.WhenEndedAsync("ingestion/" + scope.SandboxId, "last");
    }

    private static async Task<IReadOnlyList<(string, string)>> IdentitiesAsync(Workbench bench, string email)
    {
        var service = new IdentityClusterService(bench.Stores);
        return (await service.ReadAsync(bench.Scope, GraphType.Pdg, [("Email", email)], withLinks: false, Workbench.Stop))[0].Members;
    }
}
