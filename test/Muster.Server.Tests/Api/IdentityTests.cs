using System.Text.Json.Nodes;
using Muster.Services.Entities;

namespace Muster.Server.Tests.Api;

public sealed class IdentityTests(ServerFixture server) : IClassFixture<ServerFixture>, IAsyncLifetime
{
    private const string Api = "/data/core/identity";
    private const string Import = "/data/foundation/import/batches";

    private static readonly string _ann = Xid.Encode("Email", "ann@example.com"), _annsDevice = Xid.Encode("ECID", Ecid(1));

    public async ValueTask InitializeAsync()
    {
        if ((await MembersAsync("Email", "ann@example.com")).Count > 0) return;
        await IngestAsync(
            $$$"""
            {"identityMap":{"Email":[{"id":"ann@example.com","primary":true}],"ECID":[{"id":"{{{Ecid(1)}}}"}]}}
            {"identityMap":{"Email":[{"id":"bob@example.com","primary":true}]}}
            {"identityMap":{"Unregistered":[{"id":"u1","primary":true}],"Phone":[{"id":"1"}]}}
            """);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("namespace=email&id=ann@example.com")]
    [InlineData("nsid=6&id=ann@example.com")]
    [InlineData("nsId=6&id=ann@example.com")]
    [InlineData("namespace=Email&nsid=4&id=ann@example.com")]
    public async Task Identity_ByCodeOrNumber_IsItsXid(string query)
    {
        Answer answer = await server.SendAsync(HttpMethod.Get, $"{Api}/identity?{query}", headers: [("x-uis-cst-ctx", "stub")]);
        Assert.Equal((200, _ann), (answer.Status, (string)answer.Json["xid"]!));
    }

    [Theory]
    [InlineData("identity?id=1", "detail", "Missing required query parameter - namespace")]
    [InlineData("identity?namespace=Email", "detail", "Missing required query parameter - id")]
    [InlineData("identity?nsid=5&id=1", "detail", "The provided namespace=5 and id=1 is invalid. Please provide a valid namespace and id in your request.")]
    [InlineData("cluster/members?xid=!", "description", "The provided xid=! is invalid.")]
    [InlineData("cluster/members?nsid=6&id=1&graph-type=abc", "description", "The graph-type abc specified is invalid. Valid values are None, Private Graph, pdg, private.")]
    [InlineData("mapping?nsid=6&id=1", "detail", "Missing required query parameter - targetNs")]
    [InlineData("mapping?nsid=6&id=1&targetNs=5", "detail", "The provided targetNs=5 is invalid.")]
    public async Task Get_Wrong_400InTheEnvelopeOfItsCalls(string path, string field, string message)
    {
        Answer answer = await server.GetAsync($"{Api}/{path}");
        Assert.Equal((400, "InvalidInput", 400, message), (answer.Status, (string)answer.Json["title"]!, (int)answer.Json["status"]!, (string?)answer.Json[field]));
        Assert.Equal("identity.input", answer.Headers["x-muster-error"]);
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("&graph-type=pdg", 2)]
    [InlineData("&graph-type=private", 2)]
    [InlineData("&graph-type=Private%20Graph", 2)]
    [InlineData("&graph-type=None", 1)]
    public async Task Members_OfAPerson_FollowTheGraph(string query, int count)
    {
        Answer byXid = await server.GetAsync($"{Api}/cluster/members?xid={_ann}{query}");
        Assert.Equal(count, byXid.Json["clusters"]![0]!["members"]!.AsArray().Count);
        Assert.Contains(_ann, byXid.Json["clusters"]![0]!["members"]!.AsArray().Select(m => (string)m!));
        Answer byParts = await server.GetAsync($"{Api}/cluster/members?nsid=6&id=ann@example.com{query}");
        Assert.Contains(6, byParts.Json["clusters"]![0]!["members"]!.AsArray().Select(m => (int)m!["nsid"]!));
    }

    [Fact]
    public async Task Members_OfAGraphThatIsNotThere_403()
    {
        Answer answer = await server.GetAsync($"{Api}/cluster/members?xid={_ann}&graph-type=coop");
        Assert.Equal((403, "AccountNotProvisioned", "identity.graph"), (answer.Status, (string)answer.Json["title"]!, answer.Headers["x-muster-error"]));
    }

    [Theory]
    [InlineData("""{"xids":["{ann}","nonsense","{nobody}"],"graph-type":"Private Graph"}""")]
    [InlineData("""[{"xids":["{ann}"]},{"xids":["nonsense","{nobody}"]}]""")]
    public async Task BulkMembers_ByXids_AreXids(string body)
    {
        body = body.Replace("{ann}", _ann, StringComparison.Ordinal).Replace("{nobody}", Xid.Encode("Email", "nobody"), StringComparison.Ordinal);
        Answer answer = await server.PostAsync($"{Api}/clusters/members", body);
        Assert.True(answer.Status == 200, answer.Text);
        JsonArray clusters = answer.Json["clusters"]!.AsArray();
        Assert.Equal([_annsDevice, _ann], clusters[0]!["members"]!.AsArray().Select(m => (string)m!));
        Assert.Empty(clusters[1]!["members"]!.AsArray());
        Assert.Equal(["nonsense"], answer.Json["unprocessedXids"]!.AsArray().Select(x => (string)x!));
        Assert.Equal("1.1.0", (string)answer.Json["version"]!);
    }

    [Theory]
    [InlineData("""{"compositeXids":[{"nsid":"6","id":"ann@example.com"},{"nsid":5,"id":"1"}]}""")]
    [InlineData("""{"compositeXids":[{"ns":"email","id":"ann@example.com"},{"nsid":5,"id":"1"}],"graph-type":"private"}""")]
    [InlineData("""{"compositeXidsWithNamespace":[{"namespace":"EMAIL","id":"ann@example.com"},{"id":"1"}]}""")]
    [InlineData("""[{"nsid":6,"id":"ann@example.com"},{"nsid":5,"id":"1"}]""")]
    public async Task BulkMembers_ByParts_AreParts(string body)
    {
        Answer answer = await server.PostAsync($"{Api}/clusters/members", body);
        Assert.True(answer.Status == 200, answer.Text);
        JsonNode cluster = answer.Json["clusters"]!.AsArray().Single()!;
        Assert.Equal(_ann, (string)cluster["xid"]!);
        Assert.Equal([(4, Ecid(1)), (6, "ann@example.com")], cluster["members"]!.AsArray().Select(m => ((int)m!["nsid"]!, (string)m["id"]!)));
        Assert.Equal("1", (string)answer.Json["unprocessedNids"]!.AsArray().Single()!["id"]!);
    }

    [Fact]
    public async Task BulkMembers_NamespaceThatNobodyRegistered_HasNoNumber()
    {
        Answer answer = await server.PostAsync($"{Api}/cluster/members", """{"compositeXids":[{"ns":"unregistered","id":"u1"}]}""");
        Assert.Equal(["Phone", "Unregistered"], answer.Json["clusters"]![0]!["members"]!.AsArray().Select(m => (string)m!["namespace"]!));
        Assert.Null(answer.Json["clusters"]![0]!["members"]![1]!["nsid"]);
    }

    [Fact]
    public async Task Bulk_MoreThanTheLimit_400()
    {
        string body = $$"""{"xids":[{{string.Join(',', Enumerable.Repeat("\"x\"", 1001))}}]}""";
        foreach (string path in (string[])["clusters/members", "clusters/history", "v2/graph"])
        {
            Answer answer = await server.PostAsync($"{Api}/{path}", body);
            Assert.Equal((400, "There is a limit of 1000 XIDs in a single call"), (answer.Status, (string?)(answer.Json["detail"] ?? answer.Json["description"])));
        }
        Assert.Equal(400, (await server.PostAsync($"{Api}/clusters/members", "{}")).Status);
    }

    [Fact]
    public async Task History_OfAPerson_IsNowAndTheSameForAllItsIdentities()
    {
        Answer answer = await server.PostAsync($"{Api}/clusters/history", $$"""{"xids":["{{_ann}}","{{_annsDevice}}","{{Xid.Encode("Email", "nobody")}}"]}""");
        JsonNode[] histories = [.. answer.Json["xidsClusterHistory"]!.AsArray().Select(h => h!["clusterHistory"]!)];
        Assert.Equal(histories[0].ToJsonString(), histories[1].ToJsonString());
        Assert.True(Guid.TryParse((string)histories[0][0]!["clusterId"]!, out _));
        Assert.Equal("1772366400000", (string)histories[0][0]!["cRecordedTS"]!);
        Assert.Empty(histories[2].AsArray());
        Assert.Single((await server.GetAsync($"{Api}/cluster/history?xid={_ann}")).Json["xidsClusterHistory"]!.AsArray());
    }

    [Fact]
    public async Task Mapping_ToANamespace_HasTheIdentitiesThere()
    {
        Answer one = await server.GetAsync($"{Api}/mapping?namespace=Email&id=ann@example.com&targetNs=4");
        Assert.Equal((200, Ecid(1)), (one.Status, (string)one.Json["mapping"]!.AsArray().Single()!["compositeXid"]!["id"]!));
        Assert.Equal("1772366400000", (string)one.Json["mapping"]![0]!["lastAssociationTime"]!);
        Assert.Equal((204, ""), await StatusAsync($"{Api}/mapping?namespace=Email&id=bob@example.com&targetNs=4"));
        foreach (string path in (string[])["mapping", "mappings"])
        {
            Answer many = await server.PostAsync($"{Api}/{path}", $$"""{"xids":["{{_ann}}","{{Xid.Encode("Email", "bob@example.com")}}"],"targetNs":"4"}""");
            Assert.Equal([_annsDevice], many.Json["mappings"]![0]!["mapping"]!.AsArray().Select(m => (string)m!["xid"]!));
            Assert.Empty(many.Json["mappings"]![1]!["mapping"]!.AsArray());
        }
    }

    [Fact]
    public async Task Graph_AsSet_HasMembers()
    {
        Answer answer = await server.PostAsync($"{Api}/v2/graph", """{"composite_xid":{"nsid":6,"id":"ann@example.com"}}""");
        Assert.Equal(["ECID", "Email"], answer.Json["graphs"]![0]!["members"]!.AsArray().Select(m => (string)m!["ns"]!));
        Assert.Null(answer.Json["graphs"]![0]!["edges"]);
    }

    [Fact]
    public async Task Graph_AsGraph_HasVerticesAndEdges()
    {
        string body = """{"composite_xids":[{"ns":"email","id":"ann@example.com"},{"nsid":4,"id":"{device}"},{"nsid":5,"id":"x"}],"projection_type":"graph","require_edge_meta_data":true}"""
            .Replace("{device}", Ecid(1), StringComparison.Ordinal);
        Answer answer = await server.PostAsync($"{Api}/v2/graph", body);
        Assert.True(answer.Status == 200, answer.Text);
        JsonNode graph = answer.Json["graphs"]![0]!;
        Assert.Equal([1772366400000, 1772366400000], graph["vertices"]!.AsArray().Select(v => (long)v!["last_updated_ts"]!));
        JsonNode edge = graph["edges"]!.AsArray().Single()!;
        Assert.Equal((2, 1, 1), (edge["composite_xid_pair"]!.AsArray().Count, edge["dataset_ids"]!.AsArray().Count, edge["batch_ids"]!.AsArray().Count));
        Assert.Equal(edge.ToJsonString(), answer.Json["graphs"]![1]!["edges"]![0]!.ToJsonString());
        Assert.Single(answer.Json["unprocessed_composite_xids"]!.AsArray());
        Answer byXid = await server.PostAsync($"{Api}/v2/graph", $$"""{"xids":["{{_ann}}"],"projection_type":"graph"}""");
        Assert.Equal(2, byXid.Json["graphs"]![0]!["edges"]![0]!["xid_pair"]!.AsArray().Count);
        Assert.Null(byXid.Json["graphs"]![0]!["edges"]![0]!["batch_ids"]);
    }

    [Theory]
    [InlineData("""{"xids":["x"],"projection_type":"tree"}""", "Graph Request Invalid - projection types available are [graph|set].")]
    [InlineData("""{"xids":["x"],"filter":{"predicate":[{"op":"="}]}}""", "Graph Request Invalid - filter is not supported.")]
    public async Task Graph_Wrong_400(string body, string message)
    {
        Answer answer = await server.PostAsync($"{Api}/v2/graph", body);
        Assert.Equal((400, message, message), (answer.Status, (string)answer.Json["message"]!, (string)answer.Json["detail"]!));
    }

    [Fact]
    public async Task Graph_OfSixtyCookies_KeepsFiftyIdentities()
    {
        await IngestAsync(string.Join('\n', Enumerable.Range(101, 60).Select(i => Event($"c{i}", $"2026-02-01T{i % 24:00}:{i % 60:00}:00Z", "Email", "many@example.com", i))));
        JsonArray members = await MembersAsync("Email", "many@example.com");
        Assert.Equal(50, members.Count);
        Assert.Equal(49, members.Count(m => (string)m!["namespace"]! == "ECID"));
        string[] gone = [.. Enumerable.Range(101, 60).Select(Ecid).Except(members.Select(m => (string)m!["id"]!))];
        Assert.Equal(11, gone.Length);
        Assert.Equal(gone[0], (string)(await MembersAsync("ECID", gone[0])).Single()!["id"]!);
    }

    [Fact]
    public async Task SharedDevice_UnderRules_IsOfThePersonWhoLoggedInLast()
    {
        Answer made = await server.PostAsync("/data/core/idnamespace/identities", """{"name":"CRM","code":"CRMID","idType":"CROSS_DEVICE"}""");
        Assert.True(made.Status == 200, made.Text);
        Answer rules = await server.SendAsync(HttpMethod.Put, "/data/muster/identity/rules", """{"uniqueNamespaces":["CRMID"],"priority":["CRMID","ECID"]}""");
        Assert.True(rules.Status == 200, rules.Text);
        await IngestAsync(Event("l1", "2026-02-01T08:00:00Z", "CRMID", "first", 900));
        Assert.Equal(["first", Ecid(900)], (await MembersAsync("ECID", Ecid(900))).Select(m => (string)m!["id"]!));
        await IngestAsync(Event("l2", "2026-02-02T08:00:00Z", "CRMID", "second", 900));
        Assert.Equal(["second", Ecid(900)], (await MembersAsync("ECID", Ecid(900))).Select(m => (string)m!["id"]!));
        Assert.Equal("first", (string)(await MembersAsync("CRMID", "first")).Single()!["id"]!);
        // A login of the first person that arrives late changes nothing: the time of the event counts.
        await IngestAsync(Event("l3", "2026-02-01T20:00:00Z", "CRMID", "first", 900));
        Assert.Equal(["second", Ecid(900)], (await MembersAsync("CRMID", "second")).Select(m => (string)m!["id"]!));
        await server.SendAsync(HttpMethod.Put, "/data/muster/identity/rules", "{}");
    }

    private static string Ecid(int number) => number.ToString("D38", System.Globalization.CultureInfo.InvariantCulture);

    private static string Event(string id, string time, string ns, string person, int device) =>
        $$$"""{"_id":"{{{id}}}","timestamp":"{{{time}}}","identityMap":{"{{{ns}}}":[{"id":"{{{person}}}"}],"ECID":[{"id":"{{{Ecid(device)}}}","primary":true}]}}""";

    private async Task<JsonArray> MembersAsync(string ns, string id) =>
        (await server.GetAsync($"{Api}/cluster/members?namespace={ns}&id={id}")).Json["clusters"]![0]!["members"]!.AsArray();

    private async Task<(int, string)> StatusAsync(string path) => await server.GetAsync(path) is var answer ? (answer.Status, answer.Text) : default;

    private async Task IngestAsync(string lines)
    {
        string dataset = ((string)(await server.PostAsync("/data/foundation/catalog/dataSets", """{"name":"d","tags":{"unifiedProfile":["enabled:true"]}}""")).Json[0]!).Split('/')[^1];
        string batch = (string)(await server.PostAsync(Import, $$$"""{"datasetId":"{{{dataset}}}","inputFormat":{"format":"json"}}""")).Json["id"]!;
        await server.SendAsync(HttpMethod.Put, $"{Import}/{batch}/datasets/{dataset}/files/part.json", lines, "application/octet-stream");
        await server.SendAsync(HttpMethod.Post, $"{Import}/{batch}?action=COMPLETE");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            JsonNode found = (await server.GetAsync($"/data/foundation/catalog/batches/{batch}")).Json[batch]!;
            if ((string)found["status"]! == "success") return;
            Assert.False((string)found["status"]! == "failed", found.ToJsonString());
            await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
        }
    }
}
