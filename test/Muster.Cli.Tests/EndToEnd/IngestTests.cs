using System.Text;
using System.Text.Json.Nodes;
using Muster.Cli.Commands;
using Muster.Cli.Http;
using Muster.Cli.Tests.Commands;

namespace Muster.Cli.Tests.EndToEnd;

public sealed class IngestTests(ServerFixture fixture) : IClassFixture<ServerFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muster-ingest-").FullName;

    [Fact]
    public async Task JsonLines_NewDatasetThenTheSameAgain_LandsInOneDataset()
    {
        string file = Write("people.jsonl", Person("a@x.org", "Ann") + "\n" + Person("b@x.org", "Bob") + "\n");
        Invocation first = await RunAsync(file, "--dataset", "Ingest * one", "--profiles", "--json");
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        JsonNode result = JsonNode.Parse(Assert.Single(first.Lines))!;
        Assert.Equal(("success", true, 2, 2, 0), ((string)result["status"]!, (bool)result["newDataset"]!, (int)result["recordsIn"]!,
            (int)result["recordsLanded"]!, (int)result["recordsFailed"]!));
        JsonNode again = JsonNode.Parse((await RunAsync(file, "--dataset", "Ingest * one", "--json")).Output)!;
        Assert.Equal((false, (string)result["datasetId"]!), ((bool)again["newDataset"]!, (string)again["datasetId"]!));
        Assert.Equal(0, (await RunAsync(file, "--dataset", (string)result["datasetId"]!)).ExitCode);
    }

    [Fact]
    public async Task Csv_WithAMapping_BecomesPeople()
    {
        string csv = Write("people.csv", "mail;first\ncsv1@x.org;Cleo\ncsv2@x.org;\"D;E\"\n");
        string map = Write("map.json",
            """{"fields":[{"source":"first","target":"person.name.firstName"}],"identities":[{"source":"mail","namespace":"Email","primary":true}]}""");
        Invocation run = await RunAsync(csv, "--dataset", "Csv people", "--mapping", map, "--delimiter", ";");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Contains("success", run.Output, StringComparison.Ordinal);
        using MusterClient client = await fixture.Server.LoginAsync();
        JsonNode profile = await client.GetProfileAsync("Email", "csv2@x.org", TestContext.Current.CancellationToken);
        Assert.Equal("D;E", (string)profile.AsObject().Single().Value!["entity"]!["person"]!["name"]!["firstName"]!);
    }

    [Fact]
    public async Task BadRecords_BeyondTheThreshold_FailWithReasons()
    {
        string file = Write("mixed.jsonl", Person("m1@x.org", "Max") + "\nnot json\n");
        Invocation refused = await RunAsync(file, "--dataset", "Mixed", "--profiles");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("INGEST-1401-400", refused.Output, StringComparison.Ordinal);
        Assert.Contains("--error-threshold", refused.Output, StringComparison.Ordinal);
        Invocation taken = await RunAsync(file, "--dataset", "Mixed", "--error-threshold", "50");
        Assert.Equal(0, taken.ExitCode);
        Assert.Contains("meta?path=row_errors", taken.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LargeFile_InParts_Lands()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        string file = Write("parts.jsonl", string.Concat(Enumerable.Range(0, 200).Select(i => Person($"part{i}@x.org", "P") + "\n")));
        using MusterClient client = await fixture.Server.LoginAsync();
        string dataset = await client.CreateProfileDatasetAsync("Parts", stop);
        string batch = await client.CreateBatchAsync(dataset, stop);
        long sent = 0;
        await client.SendFileAsync(batch, dataset, file, "a b/parts.jsonl", 1000, bytes => sent += bytes, stop);
        await client.CompleteBatchAsync(batch, stop);
        JsonNode done = await client.WaitForBatchAsync(batch, TimeProvider.System, stop);
        Assert.Equal(("success", 200, new FileInfo(file).Length),
            ((string)done["status"]!, (int)done["metrics"]!["outputRecordCount"]!, sent));
    }

    [Theory]
    [InlineData(ExitCode.Failed, "There is no file 'nowhere.json'.", "nowhere.json", "--dataset", "x")]
    [InlineData(ExitCode.WrongUsage, "Option '--dataset' is required.", "{file}")]
    [InlineData(ExitCode.WrongUsage, "does not say what it is", "{odd}", "--dataset", "x")]
    [InlineData(ExitCode.WrongUsage, "different formats", "{file}", "{csv}", "--dataset", "x")]
    [InlineData(ExitCode.WrongUsage, "exclude each other", "{file}", "--dataset", "x", "--events", "--profiles")]
    [InlineData(ExitCode.WrongUsage, "between 0 and 100", "{file}", "--dataset", "x", "--error-threshold", "101")]
    [InlineData(ExitCode.WrongUsage, "--mapping and --delimiter are for CSV", "{file}", "--dataset", "x", "--delimiter", ";")]
    [InlineData(ExitCode.Failed, "There is no dataset with the id", "{file}", "--dataset", "0123456789abcdef01234567")]
    [InlineData(ExitCode.Failed, "is not JSON", "{csv}", "--dataset", "x", "--mapping", "{csv}")]
    [InlineData(ExitCode.Failed, "has neither fields nor identities", "{csv}", "--dataset", "x", "--mapping", "{file}")]
    [InlineData(ExitCode.Failed, "muster serve", "{file}", "--dataset", "x", "--server", "http://127.0.0.1:1")]
    [InlineData(ExitCode.Failed, "does not accept the client", "{file}", "--dataset", "x", "--client-secret", "nonsense")]
    [InlineData(ExitCode.WrongUsage, "is not an http or https address", "{file}", "--dataset", "x", "--server", "nonsense")]
    public async Task WrongUse_EachKind_SaysWhatToDo(int exitCode, string message, params string[] arguments)
    {
        string file = Write("empty.json", "{}"), csv = Write("some.csv", "a\n1\n"), odd = Write("data.bin", "x");
        Invocation run = await RunAsync([.. arguments.Select(a => a switch { "{file}" => file, "{csv}" => csv, "{odd}" => odd, _ => a })]);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_OfIngest_HasExamples() =>
        Assert.Contains("muster ingest orders-1.csv", (await Invocation.RunAsync("ingest", "--help")).Output, StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Person(string email, string first) =>
        $$$$"""{"identityMap":{"Email":[{"id":"{{{{email}}}}","primary":true}]},"person":{"name":{"firstName":"{{{{first}}}}"}}}""";

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text, new UTF8Encoding(false));
        return path;
    }

    private Task<Invocation> RunAsync(params string[] arguments)
    {
        List<string> all = ["ingest", .. arguments];
        void Default(string option, string value)
        {
            if (!all.Contains(option)) all.AddRange([option, value]);
        }

        Default("--server", fixture.Server.Address.ToString());
        Default("--org", ServerProcess.Organization);
        Default("--client-id", ServerProcess.ClientId);
        Default("--client-secret", ServerProcess.ClientSecret);
        return Invocation.RunAsync([.. all]);
    }
}
