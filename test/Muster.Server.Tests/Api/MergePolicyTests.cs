using System.Text.Json.Nodes;

namespace Muster.Server.Tests.Api;

public sealed class MergePolicyTests : IAsyncLifetime
{
    private const string Path = "/data/core/ups/config/mergePolicies";

    private readonly ServerFixture _server = new();

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Policy_ItsWholeLife_Follows()
    {
        Answer created = await _server.PostAsync(Path, Body("one", "pdg"));
        Assert.Equal(200, created.Status);
        string id = (string)created.Json["id"]!;
        Assert.Equal((1, "timestampOrdered", false), ((int)created.Json["version"]!, (string)created.Json["attributeMerge"]!["type"]!, (bool)created.Json["default"]!));
        Assert.Equal(created.Text, (await _server.GetAsync($"{Path}/{id}")).Text);

        Answer replaced = await _server.SendAsync(HttpMethod.Put, $"{Path}/{id}", Body("two", "none", ""","version":7,"id":"x" """));
        Assert.Equal((200, 2, "none", "two", id), (replaced.Status, (int)replaced.Json["version"]!,
            (string)replaced.Json["identityGraph"]!["type"]!, (string)replaced.Json["name"]!, (string)replaced.Json["id"]!));

        Answer deleted = await _server.DeleteAsync($"{Path}/{id}");
        Assert.Equal((200, ""), (deleted.Status, deleted.Text));
        Assert.Equal(404, (await _server.GetAsync($"{Path}/{id}")).Status);
        Assert.Equal(404, (await _server.DeleteAsync($"{Path}/{id}")).Status);
        Assert.Equal(404, (await _server.PatchAsync($"{Path}/{id}", """{"op":"add","path":"/name","value":"x"}""")).Status);
    }

    [Theory]
    [InlineData("""{"op":"add","path":"/identityGraph.type","value":"none"}""", "none", "p", false)]
    [InlineData("""[{"op":"add","path":"/identityGraph/type","value":"none"},{"op":"add","path":"/name","value":"q"}]""", "none", "q", false)]
    [InlineData("""[{"op":"add","path":"/isActiveOnEdge","value":"true"}]""", "pdg", "p", true)]
    [InlineData("""[{"op":"add","path":"/idActiveOnEdge","value":true},{"op":"add","path":"/version","value":3}]""", "pdg", "p", true)]
    [InlineData("""[{"op":"add","path":"/identityGraph","value":{"type":"none"}},{"op":"add","path":"/schema.name","value":"_xdm.context.profile"}]""", "none", "p", false)]
    public async Task Patch_EitherForm_Changes(string patch, string graph, string name, bool onEdge)
    {
        string id = (string)(await _server.PostAsync(Path, Body("p", "pdg"))).Json["id"]!;
        Answer answer = await _server.PatchAsync($"{Path}/{id}", patch);
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal((2, graph, name, onEdge), ((int)answer.Json["version"]!, (string)answer.Json["identityGraph"]!["type"]!,
            (string)answer.Json["name"]!, (bool)answer.Json["isActiveOnEdge"]!));
    }

    [Theory]
    [InlineData("""{"op":"remove","path":"/name"}""")]
    [InlineData("""{"op":"add","path":"/imsOrgId","value":"x"}""")]
    [InlineData("""{"op":"add","path":"/name"}""")]
    [InlineData("""{"op":"add","path":"/attributeMerge.type","value":"dataSetPrecedence"}""")]
    [InlineData("""{"op":"add","path":"/name/first","value":"x"}""")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    public async Task Patch_WhatCannotBe_400AndNothingChanges(string patch)
    {
        string id = (string)(await _server.PostAsync(Path, Body("p", "pdg"))).Json["id"]!;
        Answer answer = await _server.PatchAsync($"{Path}/{id}", patch);
        Assert.Equal(400, answer.Status);
        Assert.Equal(1, (int)(await _server.GetAsync($"{Path}/{id}")).Json["version"]!);
    }

    [Fact]
    public async Task Precedence_OfDatasets_IsShownInOrder()
    {
        string first = await DatasetAsync("a"), second = await DatasetAsync("b");
        Answer created = await _server.PostAsync(Path, Body("p", "pdg",
            merge: $$"""{"type":"dataSetPrecedence","order":["{{second}}","{{first}}"]}"""));
        Assert.Equal($$"""{"type":"dataSetPrecedence","order":["{{second}}","{{first}}"]}""", created.Json["attributeMerge"]!.ToJsonString());
        Answer timed = await _server.PatchAsync($"{Path}/{created.Json["id"]}",
            """[{"op":"add","path":"/attributeMerge.type","value":"timestampOrdered"},{"op":"add","path":"/attributeMerge.timestampField","value":"_acme.at"}]""");
        Assert.Equal("""{"type":"timestampOrdered","timestampField":"_acme.at"}""", timed.Json["attributeMerge"]!.ToJsonString());
    }

    [Fact]
    public async Task LookUp_UnderEachPolicy_IsWhatItSays()
    {
        string crm = await DatasetAsync("crm"), shop = await DatasetAsync("shop");
        await IngestAsync(crm, """{"identityMap":{"CRMID":[{"id":"C1","primary":true}],"Email":[{"id":"a@x.org"}]},"homeAddress":{"city":"Old","country":"US"}}""");
        await IngestAsync(shop, """{"identityMap":{"Email":[{"id":"a@x.org","primary":true}]},"homeAddress":{"city":"New"}}""");
        string none = (string)(await _server.PostAsync(Path, Body("none", "none"))).Json["id"]!;
        string order = (string)(await _server.PostAsync(Path,
            Body("order", "pdg", merge: $$"""{"type":"dataSetPrecedence","order":["{{crm}}","{{shop}}"]}"""))).Json["id"]!;
        string single = (string)(await _server.PostAsync(Path,
            Body("single", "pdg", merge: $$"""{"type":"dataSetPrecedence","order":["{{shop}}"]}"""))).Json["id"]!;
        Assert.Equal("""{"city":"New","country":"US"}""", await AddressAsync(null));
        Assert.Equal("""{"city":"New"}""", await AddressAsync(none));
        Assert.Equal("""{"city":"Old","country":"US"}""", await AddressAsync(order));
        Assert.Equal("""{"city":"New"}""", await AddressAsync(single));
        await _server.PatchAsync($"{Path}/{single}", """{"op":"add","path":"/attributeMerge.type","value":"timestampOrdered"}""");
        Assert.Equal("""{"city":"New","country":"US"}""", await AddressAsync(single));
    }

    [Fact]
    public async Task List_FiltersOrderAndPages_FollowLinks()
    {
        foreach ((string name, string graph) in ((string, string)[])[("b", "none"), ("c", "none"), ("a", "none"), ("edge", "pdg")])
        {
            _server.Time.Advance(TimeSpan.FromSeconds(1));
            await _server.PostAsync(Path, Body(name, graph, name == "edge" ? ",\"isActiveOnEdge\":true" : ""));
        }

        Assert.Equal(["Default Timebased", "b", "c", "a", "edge"], await NamesAsync(Path));
        Assert.Equal(["Default Timebased"], await NamesAsync(Path + "?default=True"));
        Assert.Equal(["edge"], await NamesAsync(Path + "?isActiveOnEdge=true&schema.name=_xdm.context.profile"));
        Assert.Equal(["Default Timebased", "edge"], await NamesAsync(Path + "?identityGraph.type=pdg&attributeMerge.type=timestampOrdered&version=1"));
        Assert.Empty(await NamesAsync(Path + "?version=2"));

        var seen = new List<string>();
        JsonNode page = (await _server.GetAsync(Path + "?limit=2&orderBy=-name&identityGraph.type=none")).Json;
        Assert.Equal((3, 2), ((int)page["_page"]!["totalCount"]!, (int)page["_page"]!["pageSize"]!));
        while (true)
        {
            seen.AddRange(page["children"]!.AsArray().Select(p => (string)p!["name"]!));
            string href = (string)page["_links"]!["next"]!["href"]!;
            if (href.Length == 0) break;
            Assert.StartsWith("@/mergePolicies?start=", href, StringComparison.Ordinal);
            page = (await _server.GetAsync(Path + href[href.IndexOf('?', StringComparison.Ordinal)..])).Json;
        }

        Assert.Equal(["c", "b", "a"], seen);
        Assert.Equal(400, (await _server.GetAsync(Path + "?orderBy=colour")).Status);
    }

    [Fact]
    public async Task BulkGet_KnownAndUnknown_207WithTheKnown()
    {
        string id = (string)(await _server.PostAsync(Path, Body("p", "pdg"))).Json["id"]!;
        Answer answer = await _server.PostAsync(Path + "/bulk-get", $$"""{"ids":[{"id":"{{id}}"},{"id":"nope"}]}""");
        Assert.Equal(207, answer.Status);
        Assert.Equal([id], answer.Json["results"]!.AsObject().Select(r => r.Key));
    }

    [Fact]
    public async Task Delete_Default_400WithItsCode()
    {
        string id = (string)(await _server.GetAsync(Path + "?default=true")).Json["children"]![0]!["id"]!;
        Answer answer = await _server.DeleteAsync($"{Path}/{id}");
        Assert.Equal((400, "mergePolicy.default"), (answer.Status, (string)answer.Json["errors"]!["400"]![0]!["code"]!));
    }

    private static string Body(string name, string graph, string more = "", string merge = """{"type":"timestampOrdered"}""") =>
        $$"""{"name":"{{name}}","schema":{"name":"_xdm.context.profile"},"identityGraph":{"type":"{{graph}}"},"attributeMerge":{{merge}}{{more}}}""";

    private async Task<string> DatasetAsync(string name) =>
        ((string)(await _server.PostAsync("/data/foundation/catalog/dataSets", $$"""{"name":"{{name}}"}""")).Json[0]!).Split('/')[^1];

    private async Task<string?> AddressAsync(string? policy)
    {
        Answer found = await _server.GetAsync("/data/core/ups/access/entities?schema.name=_xdm.context.profile&entityId=a@x.org&entityIdNS=email"
            + (policy is null ? "" : "&mergePolicyId=" + policy));
        Assert.True(found.Status == 200, found.Text);
        JsonObject address = found.Json.AsObject().Single().Value!["entity"]!["homeAddress"]!.AsObject();
        return new JsonObject(address.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone()))).ToJsonString();
    }

    private async Task IngestAsync(string dataset, string record)
    {
        const string Import = "/data/foundation/import/batches";
        string batch = (string)(await _server.PostAsync(Import, "{\"datasetId\":\"" + dataset + "\",\"inputFormat\":{\"format\":\"json\"}}")).Json["id"]!;
        await _server.SendAsync(HttpMethod.Put, $"{Import}/{batch}/datasets/{dataset}/files/a.json", record, "application/octet-stream");
        await _server.SendAsync(HttpMethod.Post, $"{Import}/{batch}?action=COMPLETE");
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while ((string)(await _server.GetAsync("/data/foundation/catalog/batches/" + batch)).Json[batch]!["status"]! != "success")
            await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
        _server.Time.Advance(TimeSpan.FromSeconds(1));
    }

    private async Task<IEnumerable<string>> NamesAsync(string path) =>
        (await _server.GetAsync(path)).Json["children"]!.AsArray().Select(p => (string)p!["name"]!);
}
