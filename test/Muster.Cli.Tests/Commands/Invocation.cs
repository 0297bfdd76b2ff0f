using Muster.Cli.Commands;

namespace Muster.Cli.Tests.Commands;

/// <summary>What one run of <c>muster</c> in this process printed.</summary>
internal sealed record Invocation(int ExitCode, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static async Task<Invocation> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = await MusterCommandLine.RunAsync(arguments, output, error, TimeProvider.System, TestContext.Current.CancellationToken);
        return new Invocation(code, output.ToString(), error.ToString());
    }
}
