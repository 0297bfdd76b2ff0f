using System.Text.Json.Nodes;

namespace Muster.Server.Tests.Api;

public sealed class CatalogTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Path = "/data/foundation/catalog/dataSets";

    [Theory]
    [InlineData("/data/foundation/catalog/dataSets?requestDataSource=False")]
    [InlineData("/data/foundation/catalog/dataSets/")]
    [InlineData("/data/foundation/catalog/datasets")]
    public async Task Create_UnionSchema_Reference(string path)
    {
        Answer answer = await server.PostAsync(path,
            """{"name":"Union","schemaRef":{"id":"https://ns.adobe.com/xdm/context/profile__union","contentType":"application/vnd.adobe.xed+json;version=1"},"fileDescription":{"persisted":true,"containerFormat":"parquet","format":"parquet"}}""");
        Assert.Equal(201, answer.Status);
        Assert.Matches("^\\[\"@/datasets/[0-9a-f]{24}\"\\]$", answer.Text);
        string id = Id(answer);
        Assert.EndsWith("/data/foundation/catalog/dataSets/" + id, answer.Headers["Location"], StringComparison.Ordinal);

        JsonNode dataset = (await server.GetAsync($"{Path}/{id}")).Json[id]!;
        Assert.Equal("Union", (string)dataset["name"]!);
        Assert.Equal("record", (string)dataset["classification"]!["dataBehavior"]!);
        Assert.Equal("1.0.0", (string)dataset["version"]!);
    }

    [Fact]
    public async Task Patch_FieldsThenJsonPatch_VersionsAndPreconditions()
    {
        string id = Id(await server.PostAsync(Path, """{"name":"a","schemaRef":{"id":"https://ns.adobe.com/xdm/context/experienceevent"}}"""));
        Answer merged = await server.PatchAsync($"{Path}/{id}", """{"description":"d"}""");
        Assert.Equal($"""["@/dataSets/{id}"]""", merged.Text);
        Answer patched = await server.SendAsync(HttpMethod.Patch, $"{Path}/{id}",
            """[{"op":"add","path":"/tags/unifiedProfile","value":["enabled:true"]},{"op":"replace","path":"/name","value":"b"}]""", headers: ("If-Match", "1.0.1"));
        Assert.Equal(200, patched.Status);
        JsonNode dataset = (await server.GetAsync($"{Path}/{id}")).Json[id]!;
        Assert.Equal(("b", "d", "1.0.2"), ((string)dataset["name"]!, (string)dataset["description"]!, (string)dataset["version"]!));
        Assert.Equal("""{"unifiedProfile":["enabled:true"]}""", dataset["tags"]!.ToJsonString());
        Assert.Equal("time-series", (string)dataset["classification"]!["dataBehavior"]!);

        Answer late = await server.SendAsync(HttpMethod.Patch, $"{Path}/{id}", """{"name":"c"}""", headers: ("If-Match", "\"1.0.1\""));
        Assert.Equal(
            """{"type":"/placeholder/type/uri","status":412,"title":"PreconditionFailedError","detail":"The dataset is at version 1.0.2, not at the one that If-Match names."}""",
            late.Text);
        Answer bad = await server.PatchAsync($"{Path}/{id}", """[{"op":"remove","path":"/none"}]""");
        Assert.Equal((400, "patch.invalid"), (bad.Status, bad.Headers["x-muster-error"]));
    }

    [Fact]
    public async Task Put_LessThanBefore_RestIsGone()
    {
        string id = Id(await server.PostAsync(Path, """{"name":"a","description":"d"}"""));
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, $"{Path}/{id}", """{"name":"z"}""")).Status);
        JsonObject dataset = (await server.GetAsync($"{Path}/{id}?properties=name,description")).Json[id]!.AsObject();
        Assert.Equal("""{"name":"z"}""", dataset.ToJsonString());
    }

    [Fact]
    public async Task Delete_Then_Unknown()
    {
        string id = Id(await server.PostAsync(Path, """{"name":"gone"}"""));
        Assert.Equal($"""["@/dataSets/{id}"]""", (await server.DeleteAsync($"{Path}/{id}")).Text);
        Answer after = await server.GetAsync($"{Path}/{id}");
        Assert.Equal($$"""{"type":"/placeholder/type/uri","status":404,"title":"NotFoundError","detail":"There is no dataset '{{id}}' in this sandbox."}""", after.Text);
    }

    [Theory]
    [InlineData("""{"name":1}""", "The field 'name' must be a string.")]
    [InlineData("""{"schemaRef":"x"}""", "The field 'schemaRef' must be an object.")]
    [InlineData("""{"schemaRef":{}}""", "The field 'id' is missing.")]
    [InlineData("""{"tags":{"a":"b"}}""", "The field 'a' must be an array.")]
    [InlineData("""{"tags":{"a":[1]}}""", "The field 'a' must be an array of strings.")]
    [InlineData("""{"enableErrorDiagnostics":"yes"}""", "The field 'enableErrorDiagnostics' must be a boolean.")]
    [InlineData("""{"schema":7}""", "The field 'schema' must be a JSON Schema object.")]
    [InlineData("[]", "The body must be a JSON object.")]
    [InlineData("", "The request needs a JSON body.")]
    public async Task Create_WrongTypes_Problem(string body, string detail)
    {
        Answer answer = await server.PostAsync(Path, body);
        Assert.Equal(400, answer.Status);
        Assert.Equal($$"""{"type":"/placeholder/type/uri","status":400,"title":"BadRequestError","detail":"{{detail}}"}""", answer.Text);
    }

    [Theory]
    [InlineData("text/plain", 400)]
    [InlineData("application/xml; charset=utf-8", 400)]
    [InlineData(null, 201)]
    [InlineData("application/json; charset=utf-8", 201)]
    public async Task Create_ContentType_OnlyWrongOnesRefused(string? type, int status)
    {
        Answer answer = await server.SendAsync(HttpMethod.Post, Path, """{"name":"x"}""", type);
        Assert.Equal(status, answer.Status);
        if (status == 400)
            Assert.Equal("""{"type":"/placeholder/type/uri","status":400,"title":"BadRequestError","detail":"A valid content-type must be specified"}""", answer.Text);
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""", 400)]
    [InlineData("""{"name":"\ud800"}""", 400)]
    [InlineData("{", 400)]
    [InlineData("nul", 400)]
    public async Task Create_BrokenJson_Refused(string body, int status) => Assert.Equal(status, (await server.PostAsync(Path, body)).Status);

    [Fact]
    public async Task Create_TooDeepOrTooLarge_Refused()
    {
        Assert.Equal(400, (await server.PostAsync(Path, new string('[', 65) + new string(']', 65))).Status);
        Answer large = await server.PostAsync(Path, $$"""{"name":"{{new string('x', 100_001)}}"}""");
        Assert.Equal((413, "request.tooLarge"), (large.Status, large.Headers["x-muster-error"]));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=21&properties=observableSchema")]
    [InlineData("start=-1")]
    [InlineData("limit=x")]
    [InlineData("property=name~[")]
    public async Task List_WrongParameter_Problem(string query)
    {
        Answer answer = await server.GetAsync($"{Path}?{query}");
        Assert.Equal((400, "request.query"), (answer.Status, answer.Headers["x-muster-error"]));
    }

    [Fact]
    public async Task List_FilterOrderPage_InOrder()
    {
        foreach (string name in (string[])["list-b", "list-c", "list-a"]) await server.PostAsync(Path, $$"""{"name":"{{name}}","state":"LISTED"}""");
        static string[] Names(Answer answer) => [.. answer.Json.AsObject().Select(d => (string)d.Value!["name"]!)];
        Assert.Equal(["list-a", "list-b", "list-c"], Names(await server.GetAsync(Path + "?state=LISTED&orderBy=name&limit=&start={{start}}")));
        Assert.Equal(["list-b"], Names(await server.GetAsync(Path + "?state=LISTED&orderBy=desc:name&limit=1&start=1")));
        Assert.Equal(["list-c"], Names(await server.GetAsync(Path + "?name=*-c")));
        Assert.Equal(["list-b", "list-c"], Names(await server.GetAsync(Path + "?state=LISTED&orderBy=name&property=name!%3Dlist-a&property=!description")));
    }

    [Fact]
    public async Task Batches_None_EmptyOrUnknown()
    {
        Assert.Equal("{}", (await server.GetAsync("/data/foundation/catalog/batches?status=success&orderBy=desc:created&limit=10")).Text);
        Assert.Equal(404, (await server.GetAsync("/data/foundation/catalog/batches/nope")).Status);
    }

    private static string Id(Answer created) => ((string)created.Json[0]!).Split('/')[^1];
}
