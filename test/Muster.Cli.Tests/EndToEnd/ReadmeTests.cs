using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Muster.TestSupport;

namespace Muster.Cli.Tests.EndToEnd;

/// <summary>Runs the README's own blocks, in order, in one shell against a real server.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public async Task Tutorial_ItsOwnBlocks_RunInOrder()
    {
        if (!Exists("jq") || !Exists("curl")) Assert.Skip("The tutorial needs curl and jq.");
        CancellationToken stop = TestContext.Current.CancellationToken;
        string readme = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "README.md"), stop);
        string[] blocks = ShellBlock().Matches(readme).Select(match => match.Groups[1].Value).ToArray();
        Assert.True(blocks.Length >= 13, "A block for the login, the data, the definitions and each of the steps.");

        await using ServerProcess server = await ServerProcess.StartAsync("MUSTER@AdobeOrg", "tutorial", "tutorial-secret");
        var script = new StringBuilder("set -euo pipefail\n");
        foreach (string block in blocks) script.Append(block).Append('\n');
        var start = new ProcessStartInfo("bash", ["-s"])
        {
            WorkingDirectory = RepositoryRoot.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MUSTER_URL"] = server.Address.ToString().TrimEnd('/');
        start.Environment["TMPDIR"] = Directory.CreateDirectory(Path.Combine(server.Folder, "..", "tmp")).FullName;
        using Process shell = Process.Start(start)!;
        await shell.StandardInput.WriteAsync(script.ToString());
        shell.StandardInput.Close();
        Task<string> output = shell.StandardOutput.ReadToEndAsync(stop), error = shell.StandardError.ReadToEndAsync(stop);
        await shell.WaitForExitAsync(stop).WaitAsync(TimeSpan.FromMinutes(2), stop);
        Assert.True(shell.ExitCode == 0, $"Exit code {shell.ExitCode}:\n{await output}\n{await error}");
        Assert.Contains("\"SUCCEEDED\"", await output);
        Assert.EndsWith("PAR1", await output);
    }

    private static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    [GeneratedRegex(@"^```sh\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
