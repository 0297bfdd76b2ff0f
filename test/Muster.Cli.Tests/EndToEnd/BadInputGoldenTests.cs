using System.Text;
using System.Text.RegularExpressions;
using Muster.Cli.Http;
using Muster.TestSupport;

namespace Muster.Cli.Tests.EndToEnd;

/// <summary>
/// The exact status and the whole error body of each kind of bad input, in one file that is reviewed when it changes. What differs from run to
/// run (request ids, ids made by the server) is masked. <c>MUSTER_ACCEPT=1</c> writes what was received over the file.
/// </summary>
public sealed partial class BadInputGoldenTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Ups = "/data/core/ups";
    private const string NoId = "00000000-0000-0000-0000-000000000000";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string GoldenFile => Path.Combine(RepositoryRoot.Path, "test", "Muster.Cli.Tests", "EndToEnd", "BadInput.golden");

    [Fact]
    public async Task EveryKind_OfBadInput_GetsExactlyThisAnswer()
    {
        using MusterClient client = await fixture.Server.LoginAsync();
        var received = new StringBuilder();
        foreach ((string title, string method, string path, string? body) in Calls)
            Note(received, title, await Answer.OfAsync(client, method, path, body));
        await NoteUploadsAsync(received, client);
        await NoteBatchesAsync(received, client);
        await NoteStrangersAsync(received, client);
        string actual = received.ToString();
        if (Environment.GetEnvironmentVariable("MUSTER_ACCEPT") == "1") await File.WriteAllTextAsync(GoldenFile, actual, Stop);
        Assert.Equal(await File.ReadAllTextAsync(GoldenFile, Stop), actual);
    }

    private static IEnumerable<(string Title, string Method, string Path, string? Body)> Calls { get; } =
    [
        ("malformed JSON", "POST", $"{Ups}/segment/definitions", """{"name":"""),
        ("a wrong type", "POST", $"{Ups}/segment/definitions", """{"name":7,"schema":{"name":"_xdm.context.profile"},"expression":{"type":"PQL","format":"pql/text","value":"true"}}"""),
        ("wrong types in an export", "POST", $"{Ups}/export/jobs", """{"schema":{"name":1},"destination":{"datasetId":true},"filter":{"segments":"all","emptyProfiles":"perhaps"}}"""),
        ("an unknown function", "POST", $"{Ups}/segment/definitions", """{"name":"F","schema":{"name":"_xdm.context.profile"},"expression":{"type":"PQL","format":"pql/text","value":"noSuchFunction(a)"}}"""),
        ("an unknown segment in PQL", "POST", $"{Ups}/segment/definitions", """{"name":"G","schema":{"name":"_xdm.context.profile"},"expression":{"type":"PQL","format":"pql/text","value":"inSegment(\"nobody\")"}}"""),
        ("an unknown definition", "GET", $"{Ups}/segment/definitions/{NoId}", null),
        ("an unknown segment in a job", "POST", $"{Ups}/segment/jobs", $$"""[{"segmentId":"{{NoId}}"}]"""),
        ("an unknown segment job", "GET", $"{Ups}/segment/jobs/{NoId}", null),
        ("an unknown export job", "GET", $"{Ups}/export/jobs/999999", null),
        ("an unknown schedule", "GET", $"{Ups}/config/schedules/{NoId}", null),
        ("an unknown dataset", "GET", "/data/foundation/catalog/dataSets/000000000000000000000000", null),
        ("an unknown batch", "GET", "/data/foundation/catalog/batches/01ARZ3NDEKTSV4RRFFQ69G5FAV", null),
        ("files of an unknown batch", "GET", "/data/foundation/export/batches/01ARZ3NDEKTSV4RRFFQ69G5FAV/files", null),
        ("an unknown entity", "GET", $"{Ups}/access/entities?schema.name=_xdm.context.profile&entityId=nobody&entityIdNS=Email", null),
        ("a schedule twice a day", "POST", $"{Ups}/config/schedules", """{"name":"S","type":"batch_segmentation","properties":{"segments":["*"]},"schedule":"0 0 1,13 * * ?"}"""),
        ("no schedule at all", "POST", $"{Ups}/config/schedules", """{"name":"S","type":"batch_segmentation","properties":{"segments":["*"]},"schedule":"never"}"""),
    ];

    private static async Task NoteUploadsAsync(StringBuilder received, MusterClient client)
    {
        string dataset = await client.CreateEventDatasetAsync("Paths", Stop), batch = await client.CreateBatchAsync(dataset, Stop);
        string files = $"/data/foundation/import/batches/{batch}/datasets/{dataset}/files/";
        Note(received, "an upload path with ..", await Answer.OfAsync(client, "PUT", files + "a%2F..%2Fevil.json", "{}", "application/octet-stream"));
        Note(received, "an absolute upload path", await Answer.OfAsync(client, "PUT", files + "%2Fetc%2Fevil.json", "{}", "application/octet-stream"));
        Note(received, "an upload path with a control character", await Answer.OfAsync(client, "PUT", files + "a%0Aevil.json", "{}", "application/octet-stream"));
        Note(received, "completing an empty batch", await Answer.OfAsync(client, "POST", $"/data/foundation/import/batches/{batch}?action=COMPLETE"));
    }

    private static async Task NoteBatchesAsync(StringBuilder received, MusterClient client)
    {
        string dataset = await client.CreateProfileDatasetAsync("Bad batches", Stop);
        string nameless = (string)(await client.SendAsync(dataset, """{"_id":"b","homeAddress":{"country":"US"}}"""))["id"]!;
        await NoteBatchAsync(received, client, "a record without identity", nameless);
        Note(received, "its failed records", await Answer.OfAsync(client, "GET", $"/data/foundation/export/batches/{nameless}/failed?path=row_errors.json"));
        string broken = (string)(await client.SendAsync(dataset, [.. "PAR1"u8, 1, 2, 3, 4, 5, 6, 7, 8], "broken.parquet", "parquet"))["id"]!;
        await NoteBatchAsync(received, client, "a truncated Parquet file", broken);
        Note(received, "a path with .. in Data Access", await Answer.OfAsync(client, "GET", $"/data/foundation/export/batches/{nameless}/failed?path=..%2F..%2Fcontrol.db"));
    }

    private static async Task NoteBatchAsync(StringBuilder received, MusterClient client, string title, string batch)
    {
        Answer answer = await Answer.OfAsync(client, "GET", "/data/foundation/catalog/batches/" + batch);
        System.Text.Json.Nodes.JsonNode row = answer.Expect(200)[batch]!;
        received.Append("## ").Append(title).Append('\n').Append(row["status"]).Append(' ').Append(Mask(row["errors"]!.ToJsonString())).Append("\n\n");
    }

    private async Task NoteStrangersAsync(StringBuilder received, MusterClient client)
    {
        (await Answer.OfAsync(client, "POST", "/data/foundation/sandbox-management/sandboxes", """{"name":"golden","title":"Golden","type":"development"}""")).Expect(202);
        string segment = await client.CreateSegmentAsync("Seen by its sandbox only", "true", Stop);
        using MusterClient stranger = await fixture.Server.LoginAsync("golden");
        Note(received, "another sandbox's definition", await Answer.OfAsync(stranger, "GET", $"{Ups}/segment/definitions/{segment}"));
        await using ServerProcess other = await ServerProcess.StartAsync("OTHER@AdobeOrg", ServerProcess.ClientId, ServerProcess.ClientSecret);
        string theirs = await TokenAsync(other), ours = await TokenAsync(fixture.Server);
        Note(received, "another organization's token", await CallAsync(theirs, ServerProcess.Organization));
        Note(received, "our token for another organization", await CallAsync(ours, "OTHER@AdobeOrg"));
    }

    private static async Task<string> TokenAsync(ServerProcess server)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = ServerProcess.ClientId,
            ["client_secret"] = ServerProcess.ClientSecret,
        });
        using HttpResponseMessage response = await http.PostAsync(new Uri("/ims/token/v3", UriKind.Relative), form, Stop);
        return (string)System.Text.Json.Nodes.JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!["access_token"]!;
    }

    private async Task<Answer> CallAsync(string token, string organization)
    {
        using var http = new HttpClient { BaseAddress = fixture.Server.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Ups}/segment/definitions");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        request.Headers.TryAddWithoutValidation("x-api-key", ServerProcess.ClientId);
        request.Headers.TryAddWithoutValidation("x-gw-ims-org-id", organization);
        request.Headers.TryAddWithoutValidation("x-sandbox-name", "prod");
        using HttpResponseMessage response = await http.SendAsync(request, Stop);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(Stop), response.Headers);
    }

    private static void Note(StringBuilder received, string title, Answer answer) =>
        received.Append("## ").Append(title).Append('\n').Append(answer.Status).Append(' ').Append(Mask(answer.Text).TrimEnd()).Append("\n\n");

    private static string Mask(string text) => MadeIds().Replace(text, match => match.Value.StartsWith(NoId, StringComparison.Ordinal) ? match.Value : "<id>");

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?!01ARZ3)01[0-9A-HJKMNP-TV-Z]{24}|(?<=\"requestId\":\")[^\"]+")]
    private static partial Regex MadeIds();
}
