using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace Muster.Cli.Tests.Commands;

public sealed class EvaluateCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    [Fact]
    public async Task Evaluate_ProfilesAndEvents_CountsInTheOrderOfTheFile()
    {
        string profiles = Write("profiles.jsonl",
            """{"_id":"a","identityMap":{"CRMID":[{"id":"1","primary":true}]},"homeAddress":{"country":"US"},"age":30}""",
            """{"_id":"b","identityMap":{"CRMID":[{"id":"2","primary":true}]},"homeAddress":{"country":"FR"},"tags":["x","y"]}""");
        string events = WriteCompressed("events.jsonl.gz",
            """{"_id":"1","timestamp":"2026-01-01T00:00:00Z","eventType":"buy","identityMap":{"CRMID":[{"id":"1","primary":true}]},"lines":[{"n":2},{"n":3}]}""",
            """{"_id":"2","timestamp":"2026-01-05T00:00:00Z","eventType":"buy","identityMap":{"CRMID":[{"id":"3","primary":true}]}}""",
            """{"_id":"3","timestamp":"2026-03-01T00:00:00Z","eventType":"buy","identityMap":{"CRMID":[{"id":"2","primary":true}]}}""");
        string segments = Write("segments.jsonl",
            """{"id":"all","pql":"true"}""",
            """{"id":"us","pql":"homeAddress.country = \"US\""}""",
            """{"id":"recent","pql":"xEvent.exists(timestamp occurs <= 7 days before now)"}""",
            """{"id":"lines","pql":"xEvent.exists(lines.sum(n) >= 5)"}""",
            """{"id":"both","pql":"inSegment(\"us\") and inSegment(\"lines\")"}""",
            """{"id":"tagged","pql":"tags.exists(this = \"y\")"}""",
            """{"id":"nobody","pql":"age > 99"}""");
        Invocation run = await EvaluateAsync("--profiles", profiles, "--events", events, "--segments", segments);
        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        Assert.Equal(
        [
            """{"id":"all","count":3}""", """{"id":"us","count":1}""", """{"id":"recent","count":1}""", """{"id":"lines","count":1}""",
            """{"id":"both","count":1}""", """{"id":"tagged","count":1}""", """{"id":"nobody","count":0}""",
        ], run.Lines);
    }

    [Fact]
    public async Task Evaluate_ExplainPlan_PrintsSharedExpressions()
    {
        (string profiles, string segments) = Shop();
        Invocation run = await EvaluateAsync("--profiles", profiles, "--segments", segments, "--explain-plan");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("column profile.age:Int64", run.Output, StringComparison.Ordinal);
        Assert.Equal(["young", "old"], run.Lines.Where(line => line[0] != '#').Select(line => line.Split(' ')[0]));
        Invocation json = await EvaluateAsync("--profiles", profiles, "--segments", segments, "--explain-plan", "--json", "--without-rules",
            "fold-constants");
        JsonNode plan = JsonNode.Parse(json.Lines[0])!;
        Assert.DoesNotContain("fold-constants", plan["rules"]!.AsArray().Select(rule => rule!.GetValue<string>()));
        Assert.Equal("young", plan["segments"]![0]!["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Evaluate_Costs_TellsWorkAndTheBudgetStopsOne()
    {
        (string profiles, string segments) = Shop();
        Invocation run = await EvaluateAsync("--profiles", profiles, "--segments", segments, "--costs");
        Assert.Matches("""^\{"id":"young","count":1,"cost":\{"work":[0-9.]+,"marginalWork":[0-9]+,"milliseconds":[0-9.]+,"marginalMilliseconds":[0-9.]+\}\}$""", run.Lines[0]);
        Invocation bounded = await EvaluateAsync("--profiles", profiles, "--segments", segments, "--budget", "1");
        Assert.Equal(1, bounded.ExitCode);
        Assert.StartsWith("""{"id":"young","error":{"code":"segments.overBudget",""", bounded.Lines[0]);
    }

    [Fact]
    public async Task Evaluate_Explain_TellsWhatIsMissing()
    {
        (string profiles, string segments) = Shop();
        Invocation run = await EvaluateAsync("--profiles", profiles, "--segments", segments, "--explain", "CRMID:1");
        Assert.Equal(
        [
            "young: member", "  age < 40 = true", "    age = 30",
            "old: no member", "  nearest miss: age is 30 and must be more than 40", "  age > 40 and age < 90 = false",
                "    age > 40 = false   <- first failure",
            "      age = 30", "    age < 90 = true", "      age = 30",
        ], run.Lines);
        Invocation json = await EvaluateAsync("--profiles", profiles, "--segments", segments, "--explain", "CRMID:1", "--json");
        Assert.Equal("0.0", JsonNode.Parse(json.Lines[1])!["firstFailure"]!.GetValue<string>());
        Invocation nobody = await EvaluateAsync("--profiles", profiles, "--segments", segments, "--explain", "CRMID:9");
        Assert.Equal(1, nobody.ExitCode);
        Assert.Contains("Nobody has the identity '9'", nobody.Error, StringComparison.Ordinal);
    }

    private (string Profiles, string Segments) Shop() => (
        Write("profiles.jsonl",
            """{"_id":"a","identityMap":{"CRMID":[{"id":"1","primary":true}]},"age":30}""",
            """{"_id":"b","identityMap":{"CRMID":[{"id":"2","primary":true}]},"age":50}"""),
        Write("segments.jsonl", """{"id":"young","pql":"age < 40"}""", """{"id":"old","pql":"age > 40 and age < 90"}"""));

    [Fact]
    public async Task Evaluate_MembershipsInRecords_AreData()
    {
        string profiles = Write("profiles.jsonl",
            """{"_id":"a","identityMap":{"CRMID":[{"id":"1","primary":true}]},"segmentMembership":{"ups":{"seg-9":{"status":"realized"}}}}""",
            """{"_id":"b","identityMap":{"CRMID":[{"id":"2","primary":true}]},"segmentMembership":{"ups":{"seg-9":{"status":"exited"}}}}""");
        string segments = Write("segments.jsonl",
            """{"id":"in","pql":"segmentMembership.get(\"ups\").get(\"seg-9\").status in [\"realized\", \"existing\"]"}""");
        Invocation run = await EvaluateAsync("--profiles", profiles, "--segments", segments);
        Assert.Equal(["""{"id":"in","count":1}"""], run.Lines);
    }

    [Fact]
    public async Task Evaluate_HalfOfASurrogatePair_IsABadLine()
    {
        string profiles = Write("profiles.jsonl", """{"_id":"a","identityMap":{"CRMID":[{"id":"1","primary":true}]}}""");
        string segments = Write("segments.jsonl", """{"id":"half","pql":"a = \"\ud800\""}""", """{"id":"\udfff","pql":"true"}""", """{"id":"fine","pql":"true"}""");
        Invocation run = await EvaluateAsync("--profiles", profiles, "--segments", segments);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("""{"id":"half","error":{"code":"segments.badLine",""", run.Lines[0]);
        Assert.StartsWith("""{"id":null,"error":{"code":"segments.badLine",""", run.Lines[1]);
        Assert.Equal("""{"id":"fine","count":1}""", run.Lines[2]);
    }

    [Fact]
    public async Task Evaluate_BadLines_KeepTheirPlaceAndFailTheCommand()
    {
        string profiles = Write("profiles.jsonl", """{"_id":"a","identityMap":{"CRMID":[{"id":"1","primary":true}]}}""");
        string segments = Write("segments.jsonl", """{"id":"broken","pql":"a ="}""", "nonsense", """{"id":"fine","pql":"true"}""");
        Invocation run = await EvaluateAsync("--profiles", profiles, "--segments", segments);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("""{"id":"broken","error":{"code":"parse.expected",""", run.Lines[0]);
        Assert.StartsWith("""{"id":null,"error":{"code":"segments.badLine","message":"Line 2:""", run.Lines[1]);
        Assert.Equal("""{"id":"fine","count":1}""", run.Lines[2]);
    }

    [Fact]
    public async Task Evaluate_BadRecord_IsNamedInOneLine()
    {
        string events = Write("events.jsonl", """{"_id":"1","timestamp":"2026-01-01T00:00:00Z"}""", "{ broken");
        string segments = Write("segments.jsonl", """{"id":"all","pql":"true"}""");
        Invocation run = await EvaluateAsync("--events", events, "--segments", segments);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("events.jsonl:2", Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public async Task Evaluate_NoData_CountsNobody()
    {
        Invocation run = await EvaluateAsync("--segments", Write("segments.jsonl", """{"id":"all","pql":"true"}"""));
        Assert.Equal(("""{"id":"all","count":0}""", 0), (Assert.Single(run.Lines), run.ExitCode));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Task<Invocation> EvaluateAsync(params string[] arguments) => Invocation.RunAsync(["evaluate", .. arguments, "--as-of", "2026-01-10T00:00:00Z"]);

    private string Write(string name, params string[] lines)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    private string WriteCompressed(string name, params string[] lines)
    {
        string path = Path.Combine(_folder.FullName, name);
        using var output = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        output.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        return path;
    }
}
