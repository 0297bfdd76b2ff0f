using System.Text.Json.Nodes;

namespace Muster.Server.Tests.Api;

public sealed class SystemJobTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Jobs = "/data/core/ups/system/jobs";

    [Fact]
    public async Task Post_Dataset_IsListedShownAndDeleted()
    {
        Answer created = await server.PostAsync("/data/foundation/catalog/dataSets", """{"name":"d"}""");
        string dataset = ((string)created.Json.AsArray()[0]!).Split('/')[^1];

        Answer made = await server.PostAsync(Jobs, $$"""{"dataSetId":"{{dataset}}"}""");

        Assert.Equal(200, made.Status);
        string id = (string)made.Json["id"]!;
        Assert.Equal(id, (string)made.Json["requestId"]!);
        Assert.Equal((dataset, "DELETE", "TRUNCATE_DATASET"), ((string)made.Json["dataSetId"]!, (string)made.Json["jobType"]!, (string)made.Json["requestType"]!));
        Assert.Equal(dataset, (string)made.Json["properties"]!["datasetId"]!);
        JsonNode list = (await server.GetAsync(Jobs + "?sort=createEpoch:desc&limit=10&start=0")).Json;
        Assert.Equal(id, (string)list["children"]![0]!["id"]!);
        Assert.Equal((1, 1, ""), ((int)list["_page"]!["count"]!, (int)list["_page"]!["totalCount"]!, (string)list["_page"]!["next"]!));
        // It runs in the background, and one that runs is not deleted.
        while ((string)(await server.GetAsync($"{Jobs}/{id}")).Json["status"]! is "NEW" or "IN-PROGRESS") await Task.Yield();
        JsonNode ended = (await server.GetAsync($"{Jobs}/{id}")).Json;
        Assert.Equal("SUCCESS", (string)ended["status"]!);
        Assert.Equal(0, (int)JsonNode.Parse((string)ended["metrics"]!)!["recordsProcessed"]!);
        Assert.Equal(200, (await server.DeleteAsync($"{Jobs}/{id}")).Status);
        Assert.Equal(404, (await server.GetAsync($"{Jobs}/{id}")).Status);
        Assert.Equal(404, (await server.DeleteAsync($"{Jobs}/{id}")).Status);
    }

    [Theory]
    [InlineData("{}", "request.missingField")]
    [InlineData("""{"dataSetId":"none"}""", "systemJob.unknown")]
    [InlineData("""{"batchId":"none"}""", "systemJob.unknown")]
    public async Task Post_WhatCannotBe_IsRefused(string body, string code)
    {
        Answer answer = await server.PostAsync(Jobs, body);
        Assert.Equal((400, code), (answer.Status, answer.Headers["x-muster-error"]));
        Assert.NotNull(answer.Json["errors"]!["400"]![0]!["message"]);
    }

    [Fact]
    public async Task Get_WrongSort_IsRefused() => Assert.Equal(400, (await server.GetAsync(Jobs + "?sort=name")).Status);
}
