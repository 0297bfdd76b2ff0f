using System.Text.Json.Nodes;

namespace Muster.Cli.Tests.Commands;

public sealed class PqlCommandTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".jsonl");

    [Fact]
    public async Task Check_File_OneLineEachInOrder()
    {
        await File.WriteAllLinesAsync(_file,
        [
            """{"id":"good","pql":"homeAddress.country = \"US\""}""",
            "",
            """{"id":"bad","pql":"homeAddress.country = "}""",
            "not json",
            """{"pql":"true"}""",
            """{"id":"good","pql":"true"}""",
        ], TestContext.Current.CancellationToken);
        Invocation run = await Invocation.RunAsync("pql", "check", _file);
        JsonNode[] lines = run.Lines.Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.Equal(1, run.ExitCode);
        Assert.Equal([true, false, false, false, false], lines.Select(line => (bool)line["ok"]!));
        Assert.Equal("parse.expected", (string)lines[1]["diagnostics"]![0]!["code"]!);
        Assert.Equal("error", (string)lines[1]["diagnostics"]![0]!["severity"]!);
        Assert.Contains("Line 4", (string)lines[2]["diagnostics"]![0]!["message"]!);
        Assert.Contains("Line 5", (string)lines[3]["diagnostics"]![0]!["message"]!);
        Assert.Contains("Line 6", (string)lines[4]["diagnostics"]![0]!["message"]!);
    }

    [Theory]
    [InlineData("homeAddress.country = \"US\"", 0)]
    [InlineData("xEvent[eventType = \"commerce.purchases\"].count() >= 3", 0)]
    [InlineData("homeAddress.country =", 1)]
    [InlineData("noSuchFunction(a)", 1)]
    public async Task Check_Expression_ExitCodeSaysWhetherItIsOk(string query, int exitCode)
    {
        Invocation run = await Invocation.RunAsync("pql", "check", query);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(exitCode == 0, (bool)JsonNode.Parse(Assert.Single(run.Lines))!["ok"]!);
    }

    [Fact]
    public async Task Check_FileThatIsNotThere_SaysSo()
    {
        Invocation run = await Invocation.RunAsync("pql", "check", "nowhere.jsonl");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("muster: There is no file 'nowhere.jsonl'.\n", run.Error);
    }

    public void Dispose() => File.Delete(_file);
}
