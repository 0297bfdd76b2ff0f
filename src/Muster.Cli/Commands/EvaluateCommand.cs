using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Services.Offline;
using Spectre.Console;

namespace Muster.Cli.Commands;

/// <summary><c>muster evaluate</c>: PQL over files, no server.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        Option<string[]> profiles = Files("--profiles", "Profile records: XDM JSON Lines, gzip or not, or Parquet. May be absent.", isRequired: false);
        Option<string[]> events = Files("--events", "Experience events, likewise. May be absent.", isRequired: false);
        var segments = new Option<string>("--segments")
        {
            Description = """A file with one {"id","pql","format"?} a line.""",
            HelpName = "FILE",
            Required = true,
        };
        var asOf = new Option<DateTimeOffset>("--as-of")
        {
            Description = "The instant (RFC 3339) that 'now' is; later events are hidden.",
            HelpName = "RFC3339",
            Required = true,
            CustomParser = ParseInstant,
        };
        var output = new Option<string>("--output")
        {
            Description = """json: {"id","count"} or {"id","error"} a line, in the order of the file; table: for people.""",
            DefaultValueFactory = _ => "json",
        };
        output.AcceptOnlyFromAmong("json", "table");
        var command = new VerbCommand("evaluate", "Counts who qualifies for segments over files.",
            "muster evaluate --events events.jsonl.gz --segments segments.jsonl --as-of 2026-01-01T00:00:00Z",
            "muster evaluate --profiles a.jsonl b.jsonl --events events.parquet --segments segments.jsonl --as-of 2026-01-01T00:00:00Z --output table")
        {
            profiles, events, segments, asOf, output,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string[] profileFiles = parsed.GetValue(profiles) ?? [], eventFiles = parsed.GetValue(events) ?? [];
            string segmentFile = parsed.GetRequiredValue(segments);
            foreach (string file in profileFiles.Concat(eventFiles).Append(segmentFile))
                if (!File.Exists(file)) throw new CommandFailedException($"There is no file '{file}'.");
            string work = Directory.CreateTempSubdirectory("muster-evaluate-").FullName;
            try
            {
                var request = new OfflineRequest(profileFiles, eventFiles, SegmentLines.Read(segmentFile), parsed.GetRequiredValue(asOf), work);
                OfflineReport report = await OfflineEvaluation.RunAsync(request, cancellationToken);
                if (parsed.GetValue(output) == "table") ShowTable(parsed.InvocationConfiguration.Output, report);
                else
                    foreach (OfflineResult result in report.Results) await parsed.InvocationConfiguration.Output.WriteLineAsync(JsonLine.Of(ToJson(result)));
                return report.Results.All(result => result.Error is null) ? ExitCode.Success : ExitCode.Failed;
            }
            catch (InvalidDataException fault)
            {
                throw new CommandFailedException(fault.Message);
            }
            finally
            {
                Directory.Delete(work, recursive: true);
            }
        });
        return command;
    }

    private static Option<string[]> Files(string name, string description, bool isRequired) =>
        new(name) { Description = description, HelpName = "FILE...", AllowMultipleArgumentsPerToken = true, Required = isRequired };

    private static DateTimeOffset ParseInstant(System.CommandLine.Parsing.ArgumentResult result)
    {
        string text = result.Tokens is [{ } token] ? token.Value : "";
        const DateTimeStyles Universal = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (text.Contains('T', StringComparison.OrdinalIgnoreCase)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Universal, out DateTimeOffset instant))
            return instant;
        result.AddError($"'{text}' is no instant: write it like 2026-01-01T00:00:00Z.");
        return default;
    }

    private static JsonObject ToJson(OfflineResult result)
    {
        var line = new JsonObject { ["id"] = result.Line.Id };
        if (result.Error is { } error)
        {
            var described = new JsonObject { ["code"] = error.Code, ["message"] = error.Message };
            if (error.Start is { } start) described["start"] = start;
            if (error.End is { } end) described["end"] = end;
            line["error"] = described;
        }
        else
        {
            line["count"] = result.Count;
        }
        return line;
    }

    private static void ShowTable(TextWriter output, OfflineReport report)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        var table = new Table().Border(TableBorder.Simple).AddColumn("Segment")
            .AddColumn(new TableColumn("Profiles").RightAligned()).AddColumn(new TableColumn("Share").RightAligned());
        foreach (OfflineResult result in report.Results)
        {
            string id = Markup.Escape(result.Line.Id ?? $"line {result.Line.Number}");
            if (result.Error is { } error) table.AddRow(id, "error", Markup.Escape($"{error.Code}: {error.Message}"));
            else
                table.AddRow(id, result.Count!.Value.ToString("N0", CultureInfo.InvariantCulture),
                    report.Profiles == 0 ? "" : ((double)result.Count.Value / report.Profiles).ToString("P1", CultureInfo.InvariantCulture));
        }
        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Profiles:N0} profiles."));
    }
}
