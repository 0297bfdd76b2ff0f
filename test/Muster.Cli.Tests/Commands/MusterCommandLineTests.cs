namespace Muster.Cli.Tests.Commands;

public class MusterCommandLineTests
{
    public static TheoryData<string> Verbs { get; } = new("serve", "demo", "evaluate", "pql", "pql check", "pql convert", "pql classify", "pql docs");

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Help_EveryVerb_HasExamplesAndExitCodes(string verb)
    {
        Invocation run = await Invocation.RunAsync([.. verb.Split(' '), "--help"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"muster {verb}", run.Output);
        Assert.Contains("Examples:", run.Output);
        Assert.Contains("Exit codes: 0 success", run.Output);
    }

    [Theory]
    [InlineData("serve", "--nothing")]
    [InlineData("demo", "--customers", "many")]
    [InlineData("demo", "--customers", "0")]
    [InlineData("evaluate")]
    [InlineData("pql", "check")]
    [InlineData("nothing")]
    public async Task Run_WrongUsage_SaysSoOnStderrAndEndsWith2(params string[] arguments)
    {
        Invocation run = await Invocation.RunAsync(arguments);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("muster: ", run.Error);
        Assert.Contains("--help", run.Error);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Serve_ShortSecret_IsRefusedInOneLine()
    {
        Invocation run = await Invocation.RunAsync("serve", "--data", Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), "--client-secret", "short");
        Assert.Equal(2, run.ExitCode);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Demo_FolderWithFiles_IsLeftAlone()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "mine.txt"), "mine", TestContext.Current.CancellationToken);
        Invocation run = await Invocation.RunAsync("demo", "--data", folder.FullName);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("is not empty", run.Error);
        Assert.Single(folder.GetFileSystemInfos());
        folder.Delete(recursive: true);
    }
}
