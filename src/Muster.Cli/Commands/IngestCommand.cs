using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Cli.Http;
using Muster.Cli.Ingest;
using Spectre.Console;

namespace Muster.Cli.Commands;

/// <summary><c>muster ingest</c>: files into a dataset of a running server.</summary>
internal static class IngestCommand
{
    public static Command Create(TimeProvider time)
    {
        var files = new Argument<string[]>("files")
        {
            Description = "JSON, JSON Lines, CSV (gzip or not) or Parquet; all of one format.",
            HelpName = "FILE...",
            Arity = ArgumentArity.OneOrMore,
        };
        var dataset = new Option<string>("--dataset")
        {
            Description = "Name or id of the dataset; one of that name is made when there is none.",
            HelpName = "NAME",
            Required = true,
        };
        var mapping = new Option<string>("--mapping")
        {
            Description = "JSON file that says where the columns of CSV go; see docs/ingestion.md.",
            HelpName = "MAP.json",
        };
        var format = new Option<string>("--format") { Description = "What the files are. Default: by their names." };
        format.AcceptOnlyFromAmong(FileFormat.Names);
        var delimiter = new Option<string>("--delimiter") { Description = "What separates the columns of CSV. Default: ','.", HelpName = "CHAR" };
        var events = new Option<bool>("--events") { Description = "Makes a new dataset one of events." };
        var profiles = new Option<bool>("--profiles")
        {
            Description = "Makes a new dataset one of profile records. Default: by the first record, events have a timestamp.",
        };
        var threshold = new Option<double>("--error-threshold")
        {
            Description = "The share of bad records, in percent, up to which the rest is taken. Default: 0.",
            HelpName = "PERCENT",
        };
        var json = new Option<bool>("--json") { Description = "Prints the result as one JSON object instead of a table." };
        var connection = new ConnectionOptions();
        var command = new VerbCommand("ingest", "Brings files into a dataset of a running server.",
            "muster ingest customers.jsonl --dataset Customers --profiles",
            "muster ingest orders-1.csv orders-2.csv --dataset Orders --events --mapping orders.json --error-threshold 1",
            "MUSTER_URL=http://127.0.0.1:8080 MUSTER_CLIENT_ID=demo MUSTER_CLIENT_SECRET=demo-secret muster ingest events.parquet --dataset Events --json")
        {
            files, dataset, mapping, format, delimiter, events, profiles, threshold, json,
        };
        connection.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(events) && result.GetValue(profiles)) result.AddError("--events and --profiles exclude each other.");
            // A text that is no number is reported by the parser itself.
            if (result.GetResult(threshold) is { } share && !share.Errors.Any() && result.GetValue(threshold) is not (>= 0 and <= 100))
                result.AddError("--error-threshold lies between 0 and 100.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string[] paths = parsed.GetRequiredValue(files);
            foreach (string path in paths)
                if (!File.Exists(path)) throw new CommandFailedException($"There is no file '{path}'.");
            FileFormat kind = FileFormat.Of(paths, parsed.GetValue(format));
            if (kind.Name != "csv" && (parsed.GetValue(mapping) ?? parsed.GetValue(delimiter)) is not null)
                throw new CommandFailedException("--mapping and --delimiter are for CSV. If the files are, say --format csv.", ExitCode.WrongUsage);
            var request = new IngestRequest(paths, parsed.GetRequiredValue(dataset), kind)
            {
                Mapping = parsed.GetValue(mapping) is { } map ? await ReadMappingAsync(map, cancellationToken) : null,
                Delimiter = parsed.GetValue(delimiter),
                IsEvents = parsed.GetValue(events) ? true : parsed.GetValue(profiles) ? false : null,
                ErrorThreshold = parsed.GetValue(threshold),
            };
            TextWriter output = parsed.InvocationConfiguration.Output;
            bool asJson = parsed.GetValue(json);
            // What a program reads is the result alone.
            IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(asJson ? TextWriter.Null : output) });
            using MusterClient client = await connection.ConnectAsync(parsed, cancellationToken);
            IngestResult result = await RunAsync(new IngestRun(client, console, time), request, cancellationToken);
            if (asJson) await output.WriteLineAsync(JsonLine.Of(result.ToJson()));
            else result.Show(console);
            return result.Succeeded ? ExitCode.Success : ExitCode.Failed;
        });
        return command;
    }

    private static async Task<IngestResult> RunAsync(IngestRun run, IngestRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await run.RunAsync(request, cancellationToken);
        }
        catch (HttpRequestException fault)
        {
            throw new CommandFailedException($"The connection to the server broke: {fault.Message} Nothing was ingested; run the command again.");
        }
        catch (ApiRefusedException fault)
        {
            throw new CommandFailedException($"The server refused it: {fault.Reason}");
        }
    }

    private static async Task<JsonNode> ReadMappingAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) throw new CommandFailedException($"There is no file '{path}'.");
        try
        {
            return JsonNode.Parse(await File.ReadAllTextAsync(path, cancellationToken))
                ?? throw new CommandFailedException($"The mapping '{path}' is null.");
        }
        catch (JsonException fault)
        {
            throw new CommandFailedException($"The mapping '{path}' is not JSON: {fault.Message}");
        }
    }
}
