using System.Text.Json.Nodes;
using Muster.Services.Entities;

namespace Muster.Server.Tests.Api;

public sealed class EntityTests(ServerFixture server) : IClassFixture<ServerFixture>, IAsyncLifetime
{
    private const string Entities = "/data/core/ups/access/entities";
    private const string Import = "/data/foundation/import/batches";
    private const string Profile = Entities + "?schema.name=_xdm.context.profile";
    private const string Events = Entities + "?schema.name=_xdm.context.experienceevent&relatedSchema.name=_xdm.context.profile";

    private static readonly string _ann = Xid.Encode("Email", "ann@example.com");

    public async ValueTask InitializeAsync()
    {
        if ((await server.GetAsync($"{Profile}&entityId={_ann}")).Status == 200) return;
        await IngestAsync(
            """
            {"identityMap":{"Email":[{"id":"ann@example.com","primary":true}],"ECID":[{"id":"12345678901234567890123456789012345678"}]},"person":{"name":{"firstName":"Ann","lastName":"Ü \"q\""},"birthYear":1990},"segmentMembership":{"AAM":{"s1":{"status":"realized","lastQualificationTime":"2026-01-01T00:00:00Z"}}}}
            {"identityMap":{"Email":[{"id":"bob@example.com","primary":true}]},"person":{"name":{"firstName":"Bob"}}}
            """);
        await IngestAsync(string.Join('\n', Enumerable.Range(1, 7).Select(i =>
            $$$"""{"_id":"e{{{i}}}","timestamp":"2026-02-0{{{i}}}T00:00:00Z","eventType":"t{{{i % 2}}}","web":{"webPageDetails":{"isHomePage":{{{(i < 4 ? "true" : "false")}}}}},"identityMap":{"Email":[{"id":"ann@example.com","primary":true}]}}""")));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("&entityId=ann@example.com&entityIdNS=email")]
    [InlineData("&ENTITYID=ann@example.com&EntityIdNs=Email")]
    [InlineData("&entityId=12345678901234567890123456789012345678&entityIdNS=ecid")]
    [InlineData("&entityId={xid}")]
    public async Task Get_ByAnyIdentity_IsTheWholePerson(string query)
    {
        Answer answer = await server.GetAsync(Profile + query.Replace("{xid}", _ann, StringComparison.Ordinal));
        Assert.Equal(200, answer.Status);
        (string xid, JsonNode? found) = answer.Json.AsObject().Single();
        Assert.Equal(xid, (string)found!["entityId"]!);
        JsonNode entity = found["entity"]!;
        Assert.Equal("Ü \"q\"", (string)entity["person"]!["name"]!["lastName"]!);
        Assert.Equal("realized", (string)entity["segmentMembership"]!["AAM"]!["s1"]!["status"]!);
        Assert.Equal(2, found["identityGraph"]!.AsArray().Count);
        Assert.Contains(_ann, found["identityGraph"]!.AsArray().Select(x => (string)x!));
        Assert.Equal(2, found["sources"]!.AsArray().Count);
        Assert.Equal("2026-03-01T12:00:00Z", (string)found["lastModifiedAt"]!);
        Assert.NotNull((string)found["mergePolicy"]!["id"]!);
    }

    [Fact]
    public async Task Get_Fields_KeepsSubtrees()
    {
        Answer answer = await server.GetAsync($"{Profile}&entityId={_ann}&fields=person.name,segmentMembership.AAM,nothing");
        JsonNode entity = answer.Json[_ann]!["entity"]!;
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"person":{"name":{"firstName":"Ann","lastName":"Ü \"q\""}},"segmentMembership":{"AAM":{"s1":{"status":"realized","lastQualificationTime":"2026-01-01T00:00:00Z"}}}}"""),
            entity), entity.ToJsonString());
    }

    [Theory]
    [InlineData("", 400, "request.missingField")]
    [InlineData("?schema.name=_xdm.context.profile", 400, "request.missingField")]
    [InlineData("?schema.name=_xdm.context.account&entityId=a&entityIdNS=b2b_account", 400, "entity.schema")]
    [InlineData("?schema.name=_xdm.context.experienceevent&relatedEntityId=a&relatedEntityIdNS=Email", 400, "entity.schema")]
    [InlineData("?schema.name=_xdm.context.profile&entityId=a&entityIdNS=Email&mergePolicyId=nothing", 400, "entity.mergePolicy")]
    [InlineData("?schema.name=_xdm.context.profile&entityId=nobody", 400, "entity.identity")]
    [InlineData("?schema.name=_xdm.context.profile&entityId=nobody&entityIdNS=Email", 404, "entity.unknown")]
    [InlineData("?schema.name=_xdm.context.experienceevent&relatedSchema.name=_xdm.context.profile&relatedEntityId=nobody&relatedEntityIdNS=Email", 404, "entity.unknown")]
    [InlineData("?schema.name=_xdm.context.experienceevent&relatedSchema.name=_xdm.context.profile", 400, "request.missingField")]
    [InlineData("?schema.name=_xdm.context.experienceevent&relatedSchema.name=_xdm.context.profile&entityId=none", 404, "entity.unknown")]
    [InlineData("?schema.name=_xdm.context.profile&entityId=a&entityIdNS=Email&withCA=perhaps", 400, "request.query")]
    [InlineData("?schema.name=_xdm.context.experienceevent&relatedSchema.name=_xdm.context.profile&relatedEntityId=ann@example.com&relatedEntityIdNS=Email&entityId=none", 404, "entity.unknown")]
    public async Task Get_Wrong_IsRefused(string query, int status, string code)
    {
        Answer answer = await server.GetAsync(Entities + query);
        Assert.Equal((status, code), (answer.Status, answer.Headers["x-muster-error"]));
        Assert.Equal(status, (int)answer.Json["statusCode"]!);
    }

    [Theory]
    [InlineData("", "e1 e2 e3 e4 e5 e6 e7")]
    [InlineData("&orderby=-timestamp&limit=2", "e7 e6")]
    [InlineData("&orderBy=+timestamp&limit=2", "e1 e2")]
    [InlineData("&startTime=1770076800000&endTime=1770249600000", "e3 e4")]
    [InlineData("&property=eventType=t1&property=web.webPageDetails.isHomePage=true", "e1 e3")]
    [InlineData("&property=eventType!=t1&property=timestamp>%222026-02-03%22", "e4 e6")]
    [InlineData("&property=timestamp<=20260202", "e1 e2")]
    [InlineData("&entityId=e5", "e5")]
    public async Task GetEvents_Query_PicksThem(string query, string expected)
    {
        Answer answer = await server.GetAsync($"{Events}&relatedEntityId=ann@example.com&relatedEntityIdNS=Email{query}");
        Assert.Equal(200, answer.Status);
        Assert.Equal(expected, Ids(answer.Json));
        Assert.Equal(expected.Split(' ').Length, (int)answer.Json["_page"]!["count"]!);
        Assert.Equal(expected.Split(' ')[0], (string)answer.Json["_page"]!["start"]!);
    }

    [Fact]
    public async Task GetEvents_EventWithoutItsPerson_IsFoundWithThePerson()
    {
        Answer answer = await server.GetAsync($"{Events}&entityId=e5&fields=eventType&withCA=true");
        Assert.Equal((200, "e5"), (answer.Status, Ids(answer.Json)));
        JsonNode child = answer.Json["children"]![0]!;
        Answer person = await server.GetAsync($"{Events}&relatedEntityId={(string)child["relatedEntityId"]!}&entityId=e5&fields=eventType");
        Assert.Equal(person.Text, answer.Text);
    }

    [Theory]
    [InlineData("&property=a=1&property=b=1&property=c=1&property=d=1", "entity.property")]
    [InlineData("&property=eventType", "entity.property")]
    [InlineData("&property==x", "entity.property")]
    [InlineData("&property=a..b=x", "entity.property")]
    [InlineData("&orderby=name", "request.query")]
    [InlineData("&limit=0", "request.query")]
    [InlineData("&limit=1001", "request.query")]
    [InlineData("&startTime=yesterday", "request.query")]
    [InlineData("&start=7", "entity.cursor")]
    public async Task GetEvents_Wrong_IsRefused(string query, string code)
    {
        Answer answer = await server.GetAsync($"{Events}&relatedEntityId=ann@example.com&relatedEntityIdNS=Email{query}");
        Assert.Equal((400, code), (answer.Status, answer.Headers["x-muster-error"]));
    }

    [Theory]
    [InlineData("start")]
    [InlineData("offsets")]
    public async Task GetEvents_FollowingTheLink_GivesEachOnce(string cursor)
    {
        string first = $"{Events}&relatedEntityId={_ann}&limit=3&fields=eventType&orderby=-timestamp";
        var found = new List<string>();
        for (string path = first; ;)
        {
            JsonNode page = (await server.GetAsync(path)).Json;
            found.Add(Ids(page));
            Assert.All(page["children"]!.AsArray(), e => Assert.Equal(["eventType"], e!["entity"]!.AsObject().Select(f => f.Key)));
            string href = (string)page["_links"]!["next"]!["href"]!;
            Assert.Equal(href.Length == 0, ((string)page["_page"]!["next"]!).Length == 0);
            if (href.Length == 0) break;
            Assert.StartsWith("/entities?", href, StringComparison.Ordinal);
            // Clients take either the whole link or one of the two names.
            string value = href.Split('?')[1].Split('&').Single(p => p.StartsWith(cursor + "=", StringComparison.Ordinal));
            path = cursor == "start" ? "/data/core/ups/access" + href : first + "&" + value;
        }
        Assert.Equal(["e7 e6 e5", "e4 e3 e2", "e1"], found);
    }

    [Fact]
    public async Task Post_Profiles_HasAnEntryForEach()
    {
        Answer answer = await server.PostAsync(Entities,
            $$$"""{"Schema":{"Name":"_xdm.context.profile"},"fields":["person.name.firstName"],"identities":[{"entityId":"bob@example.com","entityIdNs":{"code":"email"}},{"entityId":"{{{_ann}}}"},{"entityId":"nobody","entityIdNS":{"code":"Email"}}]}""");
        Assert.Equal(200, answer.Status);
        JsonObject all = answer.Json.AsObject();
        Assert.Equal(3, all.Count);
        Assert.Equal("""{"person":{"name":{"firstName":"Ann"}}}""", all[_ann]!["entity"]!.ToJsonString());
        JsonNode nobody = all[Xid.Encode("Email", "nobody")]!;
        Assert.Equal("""{"entityId":"XID","sources":[""],"entity":{},"lastModifiedAt":"1970-01-01T00:00:00Z"}""".Replace("XID", Xid.Encode("Email", "nobody"), StringComparison.Ordinal), nobody.ToJsonString());
    }

    [Fact]
    public async Task Post_Events_PayloadGivesTheNextPage()
    {
        string body = """{"schema":{"name":"_xdm.context.experienceevent"},"relatedSchema":{"name":"_xdm.context.profile"},"identities":[{"relatedEntityId":"ann@example.com","relatedEntityIdNS":{"code":"Email"}},{"relatedEntityId":"nobody","relatedEntityIdNS":{"code":"Email"}}],"fields":["eventType"],"limit":4,"timeFilter":{"startTime":1769990400}}""";
        JsonNode all = (await server.PostAsync(Entities, body)).Json;
        Assert.Equal("e2 e3 e4 e5", Ids(all[_ann]!));
        Assert.Empty(all[Xid.Encode("Email", "nobody")]!["children"]!.AsArray());
        JsonNode next = all[_ann]!["_links"]!["next"]!;
        Assert.Equal("/entities", (string)next["href"]!);
        JsonNode rest = (await server.PostAsync(Entities, next["payload"]!.ToJsonString())).Json;
        Assert.Equal("e6 e7", Ids(rest.AsObject().Single().Value!));
        Assert.Equal("", (string)rest[_ann]!["_links"]!["next"]!["href"]!);
    }

    [Fact]
    public async Task Post_SomeFail_207WithBoth()
    {
        Answer answer = await server.PostAsync(Entities,
            $$$"""{"schema":{"name":"_xdm.context.profile"},"identities":[{"entityId":"{{{_ann}}}"},{"entityId":"no xid"}]}""");
        Assert.Equal(207, answer.Status);
        Assert.Equal("Ann", (string)answer.Json[0]!["entity"]!["entity"]!["person"]!["name"]!["firstName"]!);
        Assert.Equal(("no xid", 400, "entity.identity"), ((string)answer.Json[1]!["xid"]!, (int)answer.Json[1]!["error"]!["statusCode"]!, (string)answer.Json[1]!["error"]!["cause"]!));
    }

    [Theory]
    [InlineData("""{"schema":{"name":"_xdm.context.profile"},"identities":[]}""", "request.wrongValue")]
    [InlineData("""{"schema":{"name":"_xdm.context.profile"}}""", "request.missingField")]
    [InlineData("""{"schema":{"name":"_xdm.context.profile"},"SCHEMA":{},"identities":[{"entityId":"a"}]}""", "request.json")]
    [InlineData("""{"schema":{"name":"_xdm.context.profile"},"identities":["a"]}""", "request.wrongType")]
    [InlineData("""{"schema":{"name":"_xdm.context.experienceevent"},"relatedSchema":{"name":"_xdm.context.profile"},"identities":[{"relatedEntityId":"a","start":"7"}]}""", "entity.cursor")]
    [InlineData("""{"schema":{"name":"_xdm.context.experienceevent"},"relatedSchema":{"name":"_xdm.context.profile"},"identities":[{"relatedEntityId":"a"}],"limit":5000}""", "request.wrongValue")]
    public async Task Post_Wrong_IsRefused(string body, string code)
    {
        Answer answer = await server.PostAsync(Entities, body);
        Assert.Equal((400, code), (answer.Status, answer.Headers["x-muster-error"]));
    }

    [Fact]
    public async Task Delete_Person_IsForgottenInOrder()
    {
        await IngestAsync("""{"identityMap":{"Email":[{"id":"eve@example.com","primary":true}]},"person":{"name":{"firstName":"Eve"}}}""");
        string query = Profile + "&entityId=eve@example.com&entityIdNS=Email";
        Assert.Equal(200, (await server.GetAsync(query)).Status);
        Answer accepted = await server.DeleteAsync(query);
        Assert.Equal((202, ""), (accepted.Status, accepted.Text));
        // The next batch waits for the deletion, for they share a lane.
        await IngestAsync("""{"identityMap":{"Email":[{"id":"later@example.com","primary":true}]}}""");
        Assert.Equal(404, (await server.GetAsync(query)).Status);
        Assert.Equal(200, (await server.GetAsync($"{Profile}&entityId={_ann}")).Status);
        Assert.Equal(400, (await server.DeleteAsync(Events + "&entityId=e1")).Status);
        Assert.Equal(400, (await server.DeleteAsync(Profile + "&entityId=no xid")).Status);
    }

    [Fact]
    public async Task Ping_BehindTheGateway_IsEmpty()
    {
        Assert.Equal((204, ""), ((await server.GetAsync("/data/muster/ping")) is var pong ? pong.Status : 0, pong.Text));
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Get, "/data/muster/ping", headers: [("x-sandbox-name", "elsewhere")])).Status);
    }

    private static string Ids(JsonNode page) => string.Join(' ', page["children"]!.AsArray().Select(e => (string)e!["entityId"]!));

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
