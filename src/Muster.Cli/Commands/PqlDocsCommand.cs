using System.CommandLine;
using Muster.Pql.Documentation;

namespace Muster.Cli.Commands;

/// <summary><c>muster pql docs</c>: writes the documentation of the functions.</summary>
internal static class PqlDocsCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("FOLDER") { Description = "Where the pages go; files of the same names are written anew." };
        var command = new VerbCommand("docs", "Writes the pages about all functions.", "muster pql docs docs/pql") { folder };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string path = parsed.GetRequiredValue(folder);
            Directory.CreateDirectory(path);
            foreach ((string name, string text) in FunctionPages.Write())
            {
                await File.WriteAllTextAsync(Path.Combine(path, name), text, cancellationToken);
                await parsed.InvocationConfiguration.Output.WriteLineAsync(Path.Combine(path, name).AsMemory(), cancellationToken);
            }
            return ExitCode.Success;
        });
        return command;
    }
}
