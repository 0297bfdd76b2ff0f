using System.Text.Json.Nodes;

namespace Muster.Server.Tests.Api;

public sealed class DocumentTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task OpenApi_WithoutLogin_NamesThePaths()
    {
        using var client = new HttpClient { BaseAddress = server.Client.BaseAddress };
        string text = await client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken);
        JsonObject paths = JsonNode.Parse(text)!["paths"]!.AsObject();
        Assert.Contains("/data/core/ups/segment/jobs/{id}", paths.Select(p => p.Key));
        Assert.Contains("/data/foundation/catalog/dataSets", paths.Select(p => p.Key));
    }

    [Fact]
    public async Task Docs_WithoutLogin_PageThatAsksNoOtherHost()
    {
        using var client = new HttpClient { BaseAddress = server.Client.BaseAddress };
        string page = await client.GetStringAsync("/docs", TestContext.Current.CancellationToken);
        Assert.Contains("Muster", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://cdn", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conversion_ThereAndBack_SameQuery()
    {
        Answer json = await server.PostAsync("/data/core/ups/segment/conversion",
            """{"name":"n","expression":{"type":"PQL","format":"pql/text","value":"person.name.firstName = \"Ann\""},"schema":{"name":"_xdm.context.profile"},"ttlInDays":30}""");
        Assert.Equal((200, "pql/json", 30), (json.Status, (string)json.Json["expression"]!["format"]!, (int)json.Json["ttlInDays"]!));
        var back = new JsonObject { ["expression"] = json.Json["expression"]!.DeepClone() };
        Answer text = await server.PostAsync("/data/core/ups/segment/conversion", back.ToJsonString());
        Assert.Equal("pql/text", (string)text.Json["expression"]!["format"]!);
        Assert.Equal("person.name.firstName = \"Ann\"", (string)text.Json["expression"]!["value"]!);
        Assert.Equal(400, (await server.PostAsync("/data/core/ups/segment/conversion", """{"expression":{"type":"PQL","format":"pql/text","value":"(("}}""")).Status);
    }
}
