using System.Text.Json.Nodes;
using Muster.Cli.Http;

namespace Muster.Cli.Tests.EndToEnd;

/// <summary>What a wrong call gets: the exact status, and the error body of its API.</summary>
public sealed class BadInputTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Ups = "/data/core/ups";
    private const string Imports = "/data/foundation/import";
    private const string Catalog = "/data/foundation/catalog";
    private const string NoId = "00000000-0000-0000-0000-000000000000";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Method, path, body, status, and a code that the body names.</summary>
    public static TheoryData<string, string, string?, int, string> UpsCases { get; } = new()
    {
        { "POST", $"{Ups}/segment/definitions", """{"name":""", 400, "400" },
        { "POST", $"{Ups}/segment/definitions", """{"name":7,"schema":{"name":"_xdm.context.profile"},"expression":{"type":"PQL","format":"pql/text","value":"true"}}""", 400, "400" },
        { "POST", $"{Ups}/segment/definitions", """{"name":"F","schema":{"name":"_xdm.context.profile"},"expression":{"type":"PQL","format":"pql/text","value":"noSuchFunction(a)"}}""", 400, "bind.unknownFunction" },
        { "GET", $"{Ups}/segment/definitions/{NoId}", null, 404, "404" },
        { "POST", $"{Ups}/segment/jobs", """[{"segmentId":"00000000-0000-0000-0000-000000000000"}]""", 400, "400" },
        { "POST", $"{Ups}/segment/jobs", "[]", 400, "400" },
        { "GET", $"{Ups}/segment/jobs/{NoId}", null, 404, "404" },
        { "DELETE", $"{Ups}/segment/jobs/{NoId}", null, 404, "404" },
        { "GET", $"{Ups}/export/jobs/999999", null, 404, "404" },
        { "POST", $"{Ups}/export/jobs", """{"schema":{"name":"_xdm.context.profile"}}""", 400, "400" },
        { "GET", $"{Ups}/config/schedules/{NoId}", null, 404, "404" },
        { "POST", $"{Ups}/config/schedules", """{"name":"S","type":"batch_segmentation","properties":{"segments":["*"]},"schedule":"0 0 1,13 * * ?"}""", 400, "400" },
        { "POST", $"{Ups}/config/schedules", """{"name":"S","type":"batch_segmentation","properties":{"segments":["*"]},"schedule":"never"}""", 400, "400" },
    };

    [Theory]
    [MemberData(nameof(UpsCases))]
    public async Task Ups_BadCall_GetsItsEnvelope(string method, string path, string? body, int status, string names)
    {
        using MusterClient client = await fixture.Server.LoginAsync();
        JsonNode error = (await Answer.OfAsync(client, method, path, body)).Expect(status);
        Assert.Equal(status, (int)error["status"]!);
        Assert.StartsWith("https://ns.adobe.com/aep/errors/", (string)error["type"]!);
        Assert.True(error["requestId"] is not null && error["title"] is not null);
        Assert.NotEmpty(error["errors"]![$"{status}"]!.AsArray());
        Assert.Contains(names, error.ToJsonString());
    }

    [Theory]
    [InlineData("GET", $"{Catalog}/dataSets/000000000000000000000000", 404)]
    [InlineData("GET", $"{Catalog}/batches/01ARZ3NDEKTSV4RRFFQ69G5FAV", 404)]
    [InlineData("GET", "/data/foundation/export/batches/01ARZ3NDEKTSV4RRFFQ69G5FAV/files", 404)]
    [InlineData("POST", $"{Imports}/batches/01ARZ3NDEKTSV4RRFFQ69G5FAV?action=COMPLETE", 404)]
    public async Task Foundation_UnknownId_GetsAProblem(string method, string path, int status)
    {
        using MusterClient client = await fixture.Server.LoginAsync();
        JsonNode error = (await Answer.OfAsync(client, method, path)).Expect(status);
        Assert.Equal(("/placeholder/type/uri", status), ((string)error["type"]!, (int)error["status"]!));
        Assert.True(error["title"] is not null && error["detail"] is not null);
    }

    [Theory]
    [InlineData("..%2F..%2Fevil.json")]
    [InlineData("a%2F..%2Fevil.json")]
    [InlineData("%2Fetc%2Fevil.json")]
    [InlineData("a%0Aevil.json")]
    [InlineData("a//evil.json")]
    public async Task Upload_PathThatLeadsOut_IsRefused(string path)
    {
        using MusterClient client = await fixture.Server.LoginAsync();
        string dataset = await client.CreateEventDatasetAsync("Paths", Stop), batch = await client.CreateBatchAsync(dataset, Stop);
        Answer answer = await Answer.OfAsync(client, "PUT", $"{Imports}/batches/{batch}/datasets/{dataset}/files/{path}", "{}", "application/octet-stream");
        Assert.True((int?)answer.Expect(400)["status"] == 400, answer.Text);
    }

    [Fact]
    public async Task Batch_RecordWithoutIdentity_FailsWithRowAndReason()
    {
        using MusterClient client = await fixture.Server.LoginAsync();
        string dataset = await client.CreateProfileDatasetAsync("No identity", Stop);
        JsonNode batch = await client.SendAsync(dataset, """
            {"_id":"a","identityMap":{"CRMID":[{"id":"ok","primary":true}]}}
            {"_id":"b","homeAddress":{"country":"US"}}
            """);
        Assert.True((string?)batch["status"] is "failed" or "failure", batch.ToJsonString());
        Assert.NotEmpty(batch["errors"]!.AsArray());
        Assert.Contains("2", batch["errors"]![0]!.ToJsonString());
        Answer rows = await Answer.OfAsync(client, "GET", $"/data/foundation/export/batches/{batch["id"]}/meta?path=row_errors");
        rows.Expect(200);
    }

    [Fact]
    public async Task Batch_TruncatedParquet_FailsAndSaysSo()
    {
        using MusterClient client = await fixture.Server.LoginAsync();
        string dataset = await client.CreateProfileDatasetAsync("Truncated", Stop);
        JsonNode batch = await client.SendAsync(dataset, [.. "PAR1"u8, 1, 2, 3, 4, 5, 6, 7, 8], "broken.parquet", "parquet");
        Assert.True((string?)batch["status"] is "failed" or "failure", batch.ToJsonString());
        Assert.Contains("INGEST-1401-400", batch["errors"]!.ToJsonString());
    }

    [Fact]
    public async Task Sandbox_Another_SeesNothing()
    {
        using MusterClient client = await fixture.Server.LoginAsync();
        (await Answer.OfAsync(client, "POST", "/data/foundation/sandbox-management/sandboxes", """{"name":"other","title":"Other","type":"development"}""")).Expect(202);
        string segment = await client.CreateSegmentAsync("Mine", "true", Stop);
        using MusterClient stranger = await fixture.Server.LoginAsync("other");
        (await Answer.OfAsync(stranger, "GET", $"{Ups}/segment/definitions/{segment}")).Expect(404);
        JsonNode list = (await Answer.OfAsync(stranger, "GET", $"{Ups}/segment/definitions")).Expect(200);
        Assert.Empty(list["segments"]!.AsArray());
    }

    [Theory]
    [InlineData("Authorization", null, 403, "403010")]
    [InlineData("Authorization", "Bearer nonsense", 401, "401013")]
    [InlineData("x-api-key", null, 403, "403000")]
    [InlineData("x-api-key", "nobody", 403, "403003")]
    [InlineData("x-gw-ims-org-id", null, 400, "400003")]
    [InlineData("x-gw-ims-org-id", "OTHER@AdobeOrg", 403, "403025")]
    [InlineData("x-sandbox-name", null, 400, "400003")]
    public async Task Header_MissingOrWrong_GetsTheGatewaysError(string header, string? value, int status, string code)
    {
        using var http = new HttpClient { BaseAddress = fixture.Server.Address };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = ServerProcess.ClientId,
            ["client_secret"] = ServerProcess.ClientSecret,
        });
        using HttpResponseMessage login = await http.PostAsync(new Uri("/ims/token/v3", UriKind.Relative), form, Stop);
        JsonNode token = JsonNode.Parse(await login.Content.ReadAsStringAsync(Stop))!;
        var headers = new Dictionary<string, string?>
        {
            ["Authorization"] = $"Bearer {token["access_token"]}",
            ["x-api-key"] = ServerProcess.ClientId,
            ["x-gw-ims-org-id"] = ServerProcess.Organization,
            ["x-sandbox-name"] = "prod",
            [header] = value,
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Ups}/segment/definitions");
        foreach ((string name, string? content) in headers)
            if (content is not null) request.Headers.TryAddWithoutValidation(name, content);
        using HttpResponseMessage response = await http.SendAsync(request, Stop);
        JsonNode error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!;
        Assert.Equal((status, code), ((int)response.StatusCode, (string)error["error_code"]!));
        Assert.True(error["message"] is not null);
    }
}
