namespace Muster.Server.Tests.Api;

/// <summary>An id of one sandbox, used in another: it does not exist there, whatever it names and whatever is asked.</summary>
public sealed class ForeignIdTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Ups = "/data/core/ups";
    private const string Catalog = "/data/foundation/catalog";
    private const string Import = "/data/foundation/import/batches";
    private const string Access = "/data/foundation/export";

    [Fact]
    public async Task AnyId_FromAnotherSandbox_IsUnknown()
    {
        await server.PostAsync("/data/foundation/sandbox-management/sandboxes", """{"name":"other","title":"Other","type":"development"}""");
        string people = await DatasetAsync("profile"), target = await DatasetAsync("profile__union");
        string batch = (string)(await server.PostAsync(Import, $$$"""{"datasetId":"{{{people}}}","inputFormat":{"format":"json"}}""")).Json["id"]!;
        string segment = (string)(await server.PostAsync(Ups + "/segment/definitions", Segment("Mine", "true"))).Json["id"]!;
        string job = (string)(await server.PostAsync(Ups + "/segment/jobs", $$"""[{"segmentId":"{{segment}}"}]""")).Json["id"]!;
        string schedule = (string)(await server.PostAsync(Ups + "/config/schedules", Schedule("*"))).Json["id"]!;
        string export = (await server.PostAsync(Ups + "/export/jobs", Export(target))).Json["id"]!.ToJsonString();
        string policy = (string)(await server.GetAsync(Ups + "/config/mergePolicies")).Json["children"]![0]!["id"]!;
        const string activate = """[{"op":"add","path":"/state","value":"active"}]""";
        (string Method, string Path, string? Body, int Status)[] calls =
        [
            ("GET", $"{Catalog}/dataSets/{people}", null, 404), ("PATCH", $"{Catalog}/dataSets/{people}", """{"name":"x"}""", 404),
            ("DELETE", $"{Catalog}/dataSets/{people}", null, 404), ("GET", $"{Catalog}/batches/{batch}", null, 404),
            ("POST", Import, $$$"""{"datasetId":"{{{people}}}","inputFormat":{"format":"json"}}""", 400), ("GET", $"{Import}/{batch}", null, 404),
            ("PUT", $"{Import}/{batch}/datasets/{people}/files/a.json", "{}", 404), ("POST", $"{Import}/{batch}?action=COMPLETE", null, 404),
            ("POST", $"{Import}/{batch}?action=ABORT", null, 404), ("GET", $"{Access}/batches/{batch}/files", null, 404),
            ("GET", $"{Access}/batches/{batch}/meta", null, 404), ("GET", $"{Access}/batches/{batch}/failed", null, 404),
            ("GET", $"{Access}/files/{batch}-1", null, 404), ("GET", $"{Ups}/segment/definitions/{segment}", null, 404),
            ("PATCH", $"{Ups}/segment/definitions/{segment}", """{"name":"x"}""", 404), ("DELETE", $"{Ups}/segment/definitions/{segment}", null, 404),
            ("POST", $"{Ups}/segment/definitions/bulk-get", $$"""{"ids":[{"id":"{{segment}}"}]}""", 404),
            ("POST", $"{Ups}/segment/definitions", Segment("Theirs", $"inSegment(\\\"{segment}\\\")"), 400),
            ("POST", $"{Ups}/segment/jobs", $$"""[{"segmentId":"{{segment}}"}]""", 400), ("GET", $"{Ups}/segment/jobs/{job}", null, 404),
            ("DELETE", $"{Ups}/segment/jobs/{job}", null, 404), ("POST", $"{Ups}/segment/jobs/bulk-get", $$"""{"ids":["{{job}}"]}""", 404),
            ("POST", $"{Ups}/config/schedules", Schedule(segment), 400), ("GET", $"{Ups}/config/schedules/{schedule}", null, 404),
            ("PATCH", $"{Ups}/config/schedules/{schedule}", activate, 404), ("POST", $"{Ups}/config/schedules/{schedule}", activate, 404),
            ("DELETE", $"{Ups}/config/schedules/{schedule}", null, 404), ("POST", $"{Ups}/export/jobs", Export(target), 400),
            ("GET", $"{Ups}/export/jobs/{export}", null, 404), ("DELETE", $"{Ups}/export/jobs/{export}", null, 404),
            ("GET", $"{Ups}/config/mergePolicies/{policy}", null, 404),
        ];
        foreach ((string method, string path, string? body, int status) in calls)
        {
            Answer answer = await server.SendAsync(new HttpMethod(method), path, body, "application/json", ("x-sandbox-name", "other"));
            Assert.True(answer.Status == status, $"{method} {path}: {answer.Status} {answer.Text}");
        }

        Assert.Equal("loading", (string)(await server.GetAsync($"{Import}/{batch}")).Json["status"]!);
        Assert.Equal("inactive", (string)(await server.GetAsync($"{Ups}/config/schedules/{schedule}")).Json["state"]!);
    }

    private async Task<string> DatasetAsync(string schema) => ((string)(await server.PostAsync(
        Catalog + "/dataSets", $$$"""{"name":"{{{schema}}}","schemaRef":{"id":"https://ns.adobe.com/xdm/context/{{{schema}}}"}}""")).Json[0]!).Split('/')[^1];

    private static string Segment(string name, string pql) =>
        $$$"""{"name":"{{{name}}}","expression":{"type":"PQL","format":"pql/text","value":"{{{pql}}}"},"schema":{"name":"_xdm.context.profile"}}""";

    private static string Schedule(string segment) => $$$"""{"name":"S","type":"batch_segmentation","properties":{"segments":["{{{segment}}}"]}}""";

    private static string Export(string dataset) => $$$"""{"destination":{"datasetId":"{{{dataset}}}"},"schema":{"name":"_xdm.context.profile"}}""";
}
