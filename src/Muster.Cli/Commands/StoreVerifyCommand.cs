using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Muster.Storage.DuckDb;
using Muster.Storage.Maintenance;

namespace Muster.Cli.Commands;

/// <summary><c>muster store verify</c>: every invariant of a data folder, and what is wrong.</summary>
internal static class StoreVerifyCommand
{
    private const int MostNotes = 10;

    public static Command Create()
    {
        Option<string> data = StoreCommand.Data();
        Option<bool> json = StoreCommand.Json();
        var command = new VerbCommand("verify", "Looks whether everything is whole and agrees; changes nothing. A server may run on the folder. Exit code 1 if something is wrong.",
            "muster store verify",
            "muster store verify --data /srv/muster --json")
        {
            data, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            StoreReport report = await new StoreVerification(StoreCommand.Folder(parsed, data), DuckDbOptions.Default).VerifyAsync(cancellationToken);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) await output.WriteLineAsync(JsonSerializer.Serialize(report, StoreInfoCommand.Json));
            else await PrintAsync(output, report);
            return report.IsClean ? ExitCode.Success : ExitCode.Failed;
        });
        return command;
    }

    private static async Task PrintAsync(TextWriter output, StoreReport report)
    {
        foreach (StoreProblem problem in report.Problems) await output.WriteLineAsync($"{problem.Code,-20} {problem.Place}: {problem.Message}");
        foreach (StoreProblem note in report.Notes.Take(MostNotes)) await output.WriteLineAsync($"note: {note.Code,-14} {note.Place}: {note.Message}");
        if (report.Notes.Count > MostNotes) await output.WriteLineAsync($"note: {report.Notes.Count - MostNotes} more.");
        await output.WriteLineAsync("Checked: " + string.Join(", ", report.Checked.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Value:N0} {c.Key}"))));
        await output.WriteLineAsync(report.IsClean ? "Nothing is wrong." : $"{report.Problems.Count} problems. docs/operations.md says what to do about each code.");
    }
}
