using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Muster.Storage.Maintenance;
using Spectre.Console;

namespace Muster.Cli.Commands;

/// <summary><c>muster store info</c>: sizes and counts of a data folder.</summary>
internal static class StoreInfoCommand
{
    /// <summary>How all store verbs answer programs.</summary>
    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static Command Create()
    {
        Option<string> data = StoreCommand.Data();
        Option<bool> json = StoreCommand.Json();
        var command = new VerbCommand("info", "Shows sizes and counts; a server may run on the folder.",
            "muster store info",
            "muster store info --data /srv/muster --json")
        {
            data, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            StoreInfo info = await StoreInspection.InspectAsync(StoreCommand.Folder(parsed, data), cancellationToken);
            if (parsed.GetValue(json))
                await parsed.InvocationConfiguration.Output.WriteLineAsync(JsonSerializer.Serialize(info, Json));
            else Print(StoreCommand.Console(parsed), info);
            return ExitCode.Success;
        });
        return command;
    }

    private static void Print(IAnsiConsole console, StoreInfo info)
    {
        console.WriteLine($"{info.Folder}: control plane {StoreCommand.Size(info.ControlPlaneBytes)}");
        console.WriteLine(info.Process is { } process
            ? $"Process {process.Id} works on it: {StoreCommand.Size(process.ResidentBytes)} of its own, {StoreCommand.Size(process.MappedBytes)} mapped from files."
            : "No process works on it.");
        foreach (SandboxInfo sandbox in info.Sandboxes) Print(console, sandbox);
    }

    private static void Print(IAnsiConsole console, SandboxInfo sandbox)
    {
        console.WriteLine();
        console.WriteLine($"Sandbox {sandbox.Name} of {sandbox.Organization}: {Count(sandbox.JournalEntries)} journal entries, manifest {sandbox.ManifestNumber}, "
            + $"{Count(sandbox.Identities)} identities, {Count(sandbox.SegmentDefinitions)} segments");
        if (sandbox.Bytes.Count > 0)
        {
            Table files = Table("files of", "count", "size");
            foreach ((NamedFileKind kind, FileTotal total) in sandbox.Bytes.OrderBy(b => b.Key))
                files.AddRow(kind.ToString().ToLowerInvariant(), Count(total.Count), StoreCommand.Size(total.Bytes));
            console.Write(files);
        }

        if (sandbox.Datasets.Count > 0)
        {
            Table datasets = Table("dataset", "name", "holds", "batches", "records", "failed", "size");
            foreach (DatasetInfo d in sandbox.Datasets) datasets.AddRow(
                d.Id, Markup.Escape(d.Name), d.Behavior ?? "nothing yet", Count(d.Batches), Count(d.Records), Count(d.FailedRecords), StoreCommand.Size(d.Bytes));
            console.Write(datasets);
        }

        foreach (ViewInfo view in sandbox.Views)
        {
            Table runs = Table($"runs of {view.Method}", "profiles", "events", "replaced", "size");
            foreach (RunInfo run in view.Runs)
                runs.AddRow(Path.GetFileName(run.File), Count(run.Profiles), Count(run.Events), Count(run.Tombstones), StoreCommand.Size(run.Bytes));
            runs.AddRow("profiles that count", Count(view.Profiles), "", "", "");
            console.Write(runs);
        }
    }

    private static Table Table(params string[] columns)
    {
        Table table = new Table().SimpleBorder();
        for (int i = 0; i < columns.Length; i++)
        {
            var column = new TableColumn(Markup.Escape(columns[i])) { NoWrap = true };
            bool isText = i == 0 || columns[i] is "name" or "holds";
            table.AddColumn(isText ? column : column.RightAligned());
        }

        return table;
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
