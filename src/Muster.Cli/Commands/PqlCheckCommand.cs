using System.CommandLine;
using System.Text.Json.Nodes;
using Muster.Pql;
using Muster.Pql.Types;
using Muster.Services.Offline;

namespace Muster.Cli.Commands;

/// <summary><c>muster pql check</c>: what is wrong with queries, without running them.</summary>
internal static class PqlCheckCommand
{
    public static Command Create()
    {
        Argument<string> input = PqlCommand.Input();
        var schema = new Option<string>("--schema")
        {
            Description = "A JSON Schema of profiles, with events as the array xEvent: other names are then errors. Default: any path binds.",
            HelpName = "FILE",
        };
        var command = new VerbCommand("check", """Prints {"id","ok","diagnostics"} for each query; a query is ok if no diagnostic is an error.""",
            "muster pql check segments.jsonl",
            "muster pql check segments.jsonl --schema profile.schema.json",
            """muster pql check 'xEvent[eventType = "commerce.purchases"].count() >= 3'""")
        {
            input, schema,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            ProfileSchema types = parsed.GetValue(schema) is { } file ? SchemaFile.Read(file) : ProfileSchema.Untyped;
            bool areAllOk = true;
            foreach (SegmentLine line in PqlCommand.Read(parsed.GetRequiredValue(input)))
            {
                JsonObject result = Check(line, types);
                areAllOk &= result["ok"]!.GetValue<bool>();
                await parsed.InvocationConfiguration.Output.WriteLineAsync(JsonLine.Of(result).AsMemory(), cancellationToken);
            }
            return areAllOk ? ExitCode.Success : ExitCode.Failed;
        });
        return command;
    }

    private static JsonObject Check(SegmentLine line, ProfileSchema schema)
    {
        var result = new JsonObject();
        if (line.Id is not null) result["id"] = line.Id;
        if (line.Fault is { } fault)
        {
            result["ok"] = false;
            result["diagnostics"] = new JsonArray(JsonLine.BadLine(fault));
            return result;
        }
        PqlCompilation compilation = PqlCompiler.CompileSegment(line.Query, line.Format, schema);
        result["ok"] = compilation.Succeeded;
        result["diagnostics"] = new JsonArray(compilation.Diagnostics.Select(found => (JsonNode)JsonLine.Of(found)).ToArray());
        return result;
    }
}
