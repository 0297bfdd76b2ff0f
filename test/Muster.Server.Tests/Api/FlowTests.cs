using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Muster.Server.Tests.Api;

public sealed class FlowTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Ups = "/data/core/ups";
    private const string Import = "/data/foundation/import/batches";

    [Fact]
    public async Task IngestSegmentLookUpExportDownload_OverHttp_Follow()
    {
        string dataset = await DatasetAsync("people", "https://ns.adobe.com/xdm/context/profile");
        string batch = await IngestAsync(dataset,
            """
            {"identityMap":{"Email":[{"id":"ann@example.com","primary":true}]},"person":{"name":{"firstName":"Ann"}}}
            {"identityMap":{"Email":[{"id":"bob@example.com","primary":true}]},"person":{"name":{"firstName":"Bob"}}}
            """);
        JsonNode loaded = await UntilAsync($"/data/foundation/catalog/batches/{batch}", b => b[batch]!, "status", ["success", "failed"]);
        Assert.True((string)loaded["status"]! == "success", loaded.ToJsonString());
        Assert.Equal(2, (int)loaded["metrics"]!["outputRecordCount"]!);

        Answer defined = await server.PostAsync(Ups + "/segment/definitions",
            """{"name":"Ann","expression":{"type":"PQL","format":"pql/text","value":"person.name.firstName = \"Ann\""},"schema":{"name":"_xdm.context.profile"}}""");
        string segment = (string)defined.Json["id"]!;
        Answer created = await server.PostAsync(Ups + "/segment/jobs", $$"""[{"segmentId":"{{segment}}"}]""");
        Assert.Equal((200, "NEW"), (created.Status, (string)created.Json["status"]!));
        JsonNode job = await UntilAsync($"{Ups}/segment/jobs/{created.Json["id"]}", j => j, "status", ["SUCCEEDED", "FAILED"]);
        Assert.True((string)job["status"]! == "SUCCEEDED", job.ToJsonString());
        Assert.Equal(1, (int)job["metrics"]!["segmentedProfileCounter"]![segment]!);

        Answer profile = await server.GetAsync($"{Ups}/access/entities?schema.name=_xdm.context.profile&entityId=ann@example.com&entityIdNS=email");
        Assert.Equal(200, profile.Status);
        JsonNode entity = profile.Json.AsObject().Single().Value!["entity"]!;
        Assert.Equal("realized", (string)entity["segmentMembership"]!["ups"]![segment]!["status"]!);
        Answer nobody = await server.GetAsync($"{Ups}/access/entities?schema.name=_xdm.context.profile&entityId=x@example.com&entityIdNS=email");
        Assert.Equal("""{"statusCode":404}""", nobody.Text);

        string target = await DatasetAsync("target", "https://ns.adobe.com/xdm/context/profile__union");
        Answer export = await server.PostAsync(Ups + "/export/jobs/",
            $$$"""{"filter":{"segments":[{"segmentId":"{{{segment}}}"}]},"destination":{"datasetId":"{{{target}}}"},"schema":{"name":"_xdm.context.profile"}}""");
        Assert.Equal((200, "NEW"), (export.Status, (string)export.Json["status"]!));
        JsonNode exported = await UntilAsync($"{Ups}/export/jobs/{export.Json["id"]}", j => j, "status", ["SUCCEEDED", "FAILED"]);
        Assert.True((string)exported["status"]! == "SUCCEEDED", exported.ToJsonString());
        await DownloadAsync((string)exported["destination"]!["batchId"]!);
    }

    [Theory]
    [InlineData("../x.json")]
    [InlineData("a/../../x.json")]
    [InlineData("%2e%2e/x.json")]
    [InlineData("a%2F..%2F..%2Fx.json")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b.json")]
    [InlineData("a%01b.json")]
    [InlineData("a%5Cb.json")]
    public async Task Upload_HostilePath_400(string path)
    {
        using var socket = new TcpClient();
        Uri host = server.Client.BaseAddress!;
        await socket.ConnectAsync(IPAddress.Loopback, host.Port, TestContext.Current.CancellationToken);
        var request = new StringBuilder($"PUT {Import}/b/datasets/d/files/{path} HTTP/1.1\r\nHost: {host.Authority}\r\nConnection: close\r\nContent-Length: 0\r\n");
        foreach (KeyValuePair<string, IEnumerable<string>> header in server.Client.DefaultRequestHeaders) request.Append($"{header.Key}: {string.Join(" ", header.Value)}\r\n");
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request.Append("\r\n").ToString()), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream());
        string answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("BadRequestError", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", 400, "request.missingField")]
    [InlineData("""{"datasetId":"x","inputFormat":{"format":"json"}}""", 400, "dataset.unknown")]
    [InlineData("""{"datasetId":"x","inputFormat":"json"}""", 400, "request.wrongType")]
    public async Task OpenBatch_Wrong_Problem(string body, int status, string code)
    {
        Answer answer = await server.PostAsync(Import, body);
        Assert.Equal((status, code), (answer.Status, answer.Headers["x-muster-error"]));
    }

    private async Task DownloadAsync(string batch)
    {
        JsonNode files = (await server.GetAsync($"/data/foundation/export/batches/{batch}/files")).Json;
        string link = (string)files["data"]![0]!["_links"]!["self"]!["href"]!;
        JsonNode file = (await server.GetAsync(new Uri(link).PathAndQuery)).Json["data"]![0]!;
        string href = new Uri((string)file["_links"]!["self"]!["href"]!).PathAndQuery;
        using var request = new HttpRequestMessage(HttpMethod.Get, href);
        request.Headers.Range = new RangeHeaderValue(0, 3);
        using HttpResponseMessage part = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal("PAR1", await part.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using HttpResponseMessage head = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, href), TestContext.Current.CancellationToken);
        Assert.Equal((string)file["length"]!, head.Content.Headers.ContentLength!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(400, (await server.GetAsync(href.Split('?')[0] + "?path=../../control.db")).Status);
        Assert.Equal(404, (await server.GetAsync(href.Split('?')[0] + "?path=another.parquet")).Status);
    }

    private async Task<string> DatasetAsync(string name, string schema) =>
        ((string)(await server.PostAsync("/data/foundation/catalog/dataSets", $$$"""{"name":"{{{name}}}","schemaRef":{"id":"{{{schema}}}"}}""")).Json[0]!).Split('/')[^1];

    private async Task<string> IngestAsync(string dataset, string lines)
    {
        Answer opened = await server.PostAsync(Import, $$$"""{"datasetId":"{{{dataset}}}","inputFormat":{"format":"json"}}""");
        Assert.Equal((201, "loading"), (opened.Status, (string)opened.Json["status"]!));
        string batch = (string)opened.Json["id"]!;
        Answer put = await server.SendAsync(HttpMethod.Put, $"{Import}/{batch}/datasets/{dataset}/files/a/people.json", lines, "application/octet-stream");
        Assert.Equal(200, put.Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Post, $"{Import}/{batch}?action=COMPLETE")).Status);
        return batch;
    }

    private async Task<JsonNode> UntilAsync(string path, Func<JsonNode, JsonNode> part, string field, string[] ends)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            JsonNode found = part((await server.GetAsync(path)).Json);
            if (ends.Contains((string)found[field]!)) return found;
            await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
        }
    }
}
