using System.Text.Json.Nodes;

namespace Muster.Server.Tests.Api;

public sealed class SandboxTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Path = "/data/foundation/sandbox-management/sandboxes";

    [Fact]
    public async Task Create_GetRenameDelete_Follow()
    {
        Answer created = await server.PostAsync(Path, """{"name":"dev-1","title":"Development","type":"development"}""");
        Assert.Equal(202, created.Status);
        Assert.Equal("active", (string)created.Json["state"]!);

        Answer renamed = await server.PatchAsync(Path + "/dev-1", """{"title":"New"}""");
        Assert.Equal(("New", 2), ((string)renamed.Json["title"]!, (int)renamed.Json["eTag"]!));

        Answer deleted = await server.DeleteAsync(Path + "/dev-1/");
        Assert.Equal((202, "deleted"), (deleted.Status, (string)deleted.Json["state"]!));
        Answer after = await server.SendAsync(HttpMethod.Get, "/data/foundation/catalog/dataSets", headers: ("x-sandbox-name", "dev-1"));
        Assert.Equal("""{"error_code":"403028","message":"Sandbox is not valid"}""", after.Text);
        Assert.Equal(200, (await server.GetAsync(Path + "/dev-1")).Status);
    }

    [Theory]
    [InlineData("""{"title":"T","type":"development"}""", 400, "The field 'name' is missing.")]
    [InlineData("""{"name":1,"title":"T","type":"development"}""", 400, "The field 'name' must be a string.")]
    [InlineData("""{"name":"ok","title":"T","type":"test"}""", 400, "The field 'type' must be 'production' or 'development'.")]
    [InlineData("""{"name":"A b","title":"T","type":"production"}""", 400, "The field 'name' must be 2 to 64 lower-case letters, digits and hyphens, starting with a letter.")]
    [InlineData("""{"name":"prod","title":"T","type":"production"}""", 409, "The sandbox name 'prod' is taken; names of deleted sandboxes are not used again.")]
    public async Task Create_Wrong_SandboxError(string body, int status, string title)
    {
        Answer answer = await server.PostAsync(Path, body);
        Assert.Equal(status, answer.Status);
        Assert.Equal($$"""{"status":{{status}},"title":"{{title}}","type":"http://ns.adobe.com/aep/errors/SMS-2{{status}}-{{status}}"}""", answer.Text);
    }

    [Fact]
    public async Task Delete_Default_Refused() => Assert.Equal(400, (await server.DeleteAsync(Path + "/prod")).Status);

    [Fact]
    public async Task List_LimitWithoutOffset_Refused() => Assert.Equal(400, (await server.GetAsync(Path + "?limit=3")).Status);

    [Fact]
    public async Task List_NoSandboxHeader_Answers()
    {
        Answer answer = await server.SendAsync(HttpMethod.Get, Path + "?limit=1&offset=0", headers: ("x-sandbox-name", null));
        Assert.Equal(200, answer.Status);
        Assert.Equal("prod", (string)answer.Json["sandboxes"]![0]!["name"]!);
    }

    [Fact]
    public async Task Ids_OfAnotherSandbox_Unknown()
    {
        await server.PostAsync(Path, """{"name":"other","title":"Other","type":"development"}""");
        Answer created = await server.PostAsync("/data/foundation/catalog/dataSets", """{"name":"mine"}""");
        string id = ((string)created.Json[0]!).Split('/')[^1];
        foreach (HttpMethod method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Delete])
        {
            Answer elsewhere = await server.SendAsync(method, "/data/foundation/catalog/dataSets/" + id, headers: ("x-sandbox-name", "other"));
            Assert.Equal(404, elsewhere.Status);
        }

        Answer list = await server.SendAsync(HttpMethod.Get, "/data/foundation/catalog/dataSets", headers: ("x-sandbox-name", "other"));
        Assert.Equal("{}", list.Text);
        JsonNode prod = (await server.GetAsync("/data/core/ups/config/mergePolicies")).Json;
        string policy = (string)prod["children"]![0]!["id"]!;
        Answer policyElsewhere = await server.SendAsync(HttpMethod.Get, "/data/core/ups/config/mergePolicies/" + policy, headers: ("x-sandbox-name", "other"));
        Assert.Equal(404, policyElsewhere.Status);
    }
}
