using System.Text.Json.Nodes;

namespace Muster.Cli.Tests.Commands;

public class PqlClassifyCommandTests
{
    [Fact]
    public async Task Classify_Expression_SaysHowItCanBeEvaluated()
    {
        Invocation run = await Invocation.RunAsync("pql", "classify",
            "xEvent.exists(eventType = \"a\" and timestamp occurs today) and homeAddress.country = \"US\"");
        Assert.Equal(0, run.ExitCode);
        JsonNode result = JsonNode.Parse(run.Output)!;
        Assert.True((bool)result["streaming"]!);
        Assert.True((bool)result["edge"]!);
        Assert.True((bool)result["dependsOnNow"]!);
        Assert.Contains("homeAddress.country", result["fields"]!.AsArray().Select(field => (string)field!));
    }

    [Fact]
    public async Task Classify_QueryForBatchOnly_NamesTheObstacle()
    {
        Invocation run = await Invocation.RunAsync("pql", "classify", "xEvent.count() > 3");
        JsonNode result = JsonNode.Parse(run.Output)!;
        Assert.False((bool)result["streaming"]!);
        Assert.Equal("method.frequency", (string)result["obstacles"]![0]!["code"]!);
    }

    [Fact]
    public async Task Classify_QueryWithErrors_FailsWithDiagnostics()
    {
        Invocation run = await Invocation.RunAsync("pql", "classify", "a = ");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("parse.expected", run.Output);
    }

    [Fact]
    public async Task Docs_Folder_HasThePages()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        Invocation run = await Invocation.RunAsync("pql", "docs", folder.FullName);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("functions.md", folder.GetFiles().Select(file => file.Name));
        folder.Delete(recursive: true);
    }
}
