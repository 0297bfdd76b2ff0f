using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muster.Server.Tests.Api;

public sealed class DefinitionTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Path = "/data/core/ups/segment/definitions";

    [Fact]
    public async Task Create_Minimal_WholeDefinition()
    {
        Answer created = await server.PostAsync(Path + "/", Body("create", "person.name.firstName = \"Ann\"", ",\"ttlInDays\":30,\"ansibleDataModel\":{\"version\":\"1.0.0\"}"));
        Assert.Equal(200, created.Status);
        JsonNode definition = created.Json;
        Assert.Equal("create", (string)definition["name"]!);
        Assert.Equal(ServerFixture.Organization, (string)definition["imsOrgId"]!);
        Assert.Equal("prod", (string)definition["sandbox"]!["sandboxName"]!);
        Assert.Equal("""{"batch":{"enabled":true},"continuous":{"enabled":false},"synchronous":{"enabled":false}}""", definition["evaluationInfo"]!.ToJsonString());
        Assert.Equal(30, (int)definition["ttlInDays"]!);
        Assert.Equal("""{"version":"1.0.0"}""", definition["ansibleDataModel"]!.ToJsonString());
        Assert.Equal(server.Time.GetUtcNow().ToUnixTimeMilliseconds(), (long)definition["creationTime"]!);
        JsonNode policies = (await server.GetAsync("/data/core/ups/config/mergePolicies?default=True")).Json;
        Assert.Equal((string)policies["children"]![0]!["id"]!, (string)definition["mergePolicyId"]!);
        Assert.Equal(created.Text, (await server.GetAsync($"{Path}/{definition["id"]}")).Text);
    }

    [Fact]
    public async Task Create_NameTaken_422()
    {
        await server.PostAsync(Path, Body("taken", "true"));
        Answer again = await server.PostAsync(Path, Body("taken", "true"));
        Assert.Equal(422, again.Status);
        Assert.Equal(
            """{"requestId":"r1","type":"https://ns.adobe.com/aep/errors/UPAPI-100422-422","title":"A segment definition named 'taken' already exists. Use PATCH to change it.","status":422,"errors":{"422":[{"code":"segment.nameTaken","message":"A segment definition named 'taken' already exists. Use PATCH to change it."}]}}""",
            again.Text);
    }

    [Fact]
    public async Task Create_WrongQuery_EveryDiagnosticWithItsPosition()
    {
        Answer answer = await server.PostAsync(Path, Body("wrong", "person.name.firstName = 1 and\n noSuchFunction(2)"));
        Assert.Equal(400, answer.Status);
        JsonArray errors = answer.Json["errors"]!["400"]!.AsArray();
        Assert.NotEmpty(errors);
        Assert.All(errors, e => Assert.Matches("^Line [0-9]+, column [0-9]+: .", (string)e!["message"]!));
        Assert.All(errors, e => Assert.NotEmpty((string)e!["code"]!));
    }

    [Theory]
    [InlineData("""{"expression":{"type":"PQL","format":"pql/text","value":"true"},"schema":{"name":"_xdm.context.profile"}}""", "request.missingField", "The field 'name' is missing.")]
    [InlineData("""{"name":"n","schema":{"name":"_xdm.context.profile"}}""", "request.missingField", "The field 'expression' is missing.")]
    [InlineData("""{"name":"n","expression":"true","schema":{"name":"_xdm.context.profile"}}""", "request.wrongType", "The field 'expression' must be an object.")]
    [InlineData("""{"name":["n"],"expression":{},"schema":{}}""", "request.wrongType", "The field 'name' must be a string.")]
    [InlineData("""{"name":"n","expression":{"type":"PQL","format":"sql","value":"true"},"schema":{}}""", "request.wrongValue", "The field 'expression.format' must be 'pql/text' or 'pql/json'.")]
    [InlineData("""{"name":"n","expression":{"type":"PQL","format":"pql/text","value":7},"schema":{}}""", "request.wrongType", "The field 'expression.value' must be a string.")]
    [InlineData("""{"name":"n","expression":{"type":"PQL","format":"pql/text","value":"true"},"schema":{}}""", "request.missingField", "The field 'schema.name' is missing.")]
    [InlineData("""{"name":"n","expression":{"type":"PQL","format":"pql/text","value":"true"},"schema":{"name":"_xdm.context.profile"},"mergePolicyId":"x"}""", "mergePolicy.unknown", "There is no merge policy 'x' in this sandbox.")]
    public async Task Create_WrongBody_Envelope(string body, string code, string message)
    {
        Answer answer = await server.PostAsync(Path, body);
        Assert.Equal(400, answer.Status);
        Assert.Equal(
            $$$"""{"requestId":"r1","type":"https://ns.adobe.com/aep/errors/UPAPI-100400-400","title":"{{{message}}}","status":400,"errors":{"400":[{"code":"{{{code}}}","message":"{{{message}}}"}]}}""",
            answer.Text);
    }

    [Fact]
    public async Task Patch_Changes_NewVersionAndOtherFieldsStay()
    {
        string id = await CreateAsync("patch", "true");
        Answer patched = await server.PatchAsync($"{Path}/{id}",
            """{"id":"other","updateEpoch":0,"description":"d","expression":{"value":"false"},"evaluationInfo":{"batch":{"enabled":false},"continuous":{"enabled":true}}}""");
        Assert.Equal(200, patched.Status);
        JsonNode definition = patched.Json;
        Assert.Equal((id, "patch", "d", "false", 2), ((string)definition["id"]!, (string)definition["name"]!, (string)definition["description"]!,
            (string)definition["expression"]!["value"]!, (int)definition["version"]!));
        Assert.True((bool)definition["evaluationInfo"]!["continuous"]!["enabled"]!);
        Assert.False((bool)definition["evaluationInfo"]!["batch"]!["enabled"]!);
    }

    [Fact]
    public async Task References_UnknownCycleDependents_Refused()
    {
        Answer unknown = await server.PostAsync(Path, Body("unknown", "inSegment(\"nope\")"));
        Assert.Equal((400, "segment.unknown"), (unknown.Status, unknown.Headers["x-muster-error"]));

        string first = await CreateAsync("first", "true");
        string second = await CreateAsync("second", $"inSegment(\"{first}\") and true");
        string third = await CreateAsync("third", $"not inSegment(\"{second}\")");
        Answer cycle = await server.PatchAsync($"{Path}/{first}", JsonSerializer.Serialize(new { expression = new { value = $"inSegment(\"{third}\")" } }));
        Assert.Equal((400, "segment.cycle"), (cycle.Status, cycle.Headers["x-muster-error"]));
        Assert.EndsWith($"{first} -> {third} -> {second} -> {first}.", (string)cycle.Json["title"]!, StringComparison.Ordinal);
        Answer self = await server.PatchAsync($"{Path}/{first}", JsonSerializer.Serialize(new { expression = new { value = $"inSegment(\"{first}\")" } }));
        Assert.Equal("segment.cycle", self.Headers["x-muster-error"]);

        Answer refused = await server.DeleteAsync($"{Path}/{first}");
        Assert.Equal((400, "segment.hasDependents"), (refused.Status, refused.Headers["x-muster-error"]));
        Answer deleted = await server.DeleteAsync($"{Path}/{third}");
        Assert.Equal(200, deleted.Status);
        Assert.Equal(404, (await server.GetAsync($"{Path}/{third}")).Status);
    }

    [Fact]
    public async Task List_PagesFilterSort_AsClientsCount()
    {
        await using var own = new ServerFixture();
        await own.StartAsync();
        foreach (string name in (string[])["c", "a", "b"])
        {
            await own.PostAsync(Path, Body(name, "true"));
            own.Time.Advance(TimeSpan.FromSeconds(1));
        }

        JsonNode newest = (await own.GetAsync(Path)).Json;
        Assert.Equal(["b", "a", "c"], Names(newest));
        Assert.Equal("""{"totalCount":3,"totalPages":1,"sortField":"creationTime","sort":"desc","pageSize":3,"limit":100}""", newest["page"]!.ToJsonString());
        Assert.Equal("{}", newest["link"]!.ToJsonString());
        Assert.Equal(["c"], Names((await own.GetAsync(Path + "?page=1&limit=2&sort=name:asc")).Json));
        Assert.Empty(Names((await own.GetAsync(Path + "?page=5&limit=2")).Json));
        Assert.Empty(Names((await own.GetAsync(Path + "?evaluationInfo.continuous.enabled=True")).Json));
        Assert.Equal(400, (await own.GetAsync(Path + "?sort=size")).Status);
    }

    [Fact]
    public async Task BulkGet_SomeUnknown_OnlyKnownOnes()
    {
        string id = await CreateAsync("bulk", "true");
        foreach (string body in (string[])[$$"""{"ids":[{"id":"{{id}}"},{"id":"x"}]}""", $"""["{id}","x"]"""])
        {
            Answer answer = await server.PostAsync(Path + "/bulk-get", body);
            Assert.Equal(207, answer.Status);
            Assert.Equal(id, Assert.Single(answer.Json["results"]!.AsObject()).Key);
        }

        Assert.Equal("UPAPI-113015-400", (await server.PostAsync(Path + "/bulk-get", """{"ids":[]}""")).Headers["x-muster-error"]);
        Assert.Equal(404, (await server.PostAsync(Path + "/bulk-get", """["x"]""")).Status);
    }

    private static string[] Names(JsonNode list) => [.. list["segments"]!.AsArray().Select(s => (string)s!["name"]!)];

    private async Task<string> CreateAsync(string name, string pql) => (string)(await server.PostAsync(Path, Body(name, pql))).Json["id"]!;

    private static string Body(string name, string pql, string more = "") =>
        $$$"""{"name":"{{{name}}}","expression":{"type":"PQL","format":"pql/text","value":{{{JsonSerializer.Serialize(pql)}}}},"schema":{"name":"_xdm.context.profile"}{{{more}}}}""";
}
