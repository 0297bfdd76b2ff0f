using System.CommandLine;
using System.Text.Json.Nodes;
using Muster.Pql;
using Muster.Pql.Diagnostics;
using Muster.Services.Offline;

namespace Muster.Cli.Commands;

/// <summary><c>muster pql convert</c>: between the text form and the tree.</summary>
internal static class PqlConvertCommand
{
    public static Command Create()
    {
        Argument<string> input = PqlCommand.Input();
        var target = new Option<string>("--to")
        {
            Description = "The form to write: text or json. A query that has it already is written canonically.",
            Required = true,
            HelpName = "text|json",
        };
        target.AcceptOnlyFromAmong("text", "json");
        var command = new VerbCommand("convert",
            """Prints {"id","pql","format"} for each line of a file, or the converted query itself for an expression.""",
            "muster pql convert segments.jsonl --to json",
            """muster pql convert 'homeAddress.country = "US"' --to json""")
        {
            input, target,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            PqlFormat form = parsed.GetRequiredValue(target) == "json" ? PqlFormat.Json : PqlFormat.Text;
            bool areAllOk = true;
            foreach (SegmentLine line in PqlCommand.Read(parsed.GetRequiredValue(input)))
            {
                JsonObject result = Convert(line, form);
                bool isOk = result["error"] is null;
                areAllOk &= isOk;
                string text = isOk && line.Id is null ? result["pql"]!.GetValue<string>() : JsonLine.Of(result);
                await parsed.InvocationConfiguration.Output.WriteLineAsync(text.AsMemory(), cancellationToken);
            }
            return areAllOk ? ExitCode.Success : ExitCode.Failed;
        });
        return command;
    }

    private static JsonObject Convert(SegmentLine line, PqlFormat form)
    {
        var result = new JsonObject();
        if (line.Id is not null) result["id"] = line.Id;
        if (line.Fault is { } fault)
        {
            result["error"] = JsonLine.BadLine(fault);
            return result;
        }
        PqlConversion conversion = line.Format == form ? PqlCompiler.Normalize(line.Query, form) : PqlCompiler.Convert(line.Query, line.Format);
        if (conversion.Converted is { } text)
        {
            result["pql"] = text;
            result["format"] = form == PqlFormat.Json ? "pql/json" : "pql/text";
        }
        else
        {
            result["error"] = JsonLine.Of(conversion.Diagnostics.First(found => found.Severity == DiagnosticSeverity.Error));
        }
        return result;
    }
}
