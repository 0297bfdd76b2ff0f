using System.CommandLine;
using System.Text.Json.Nodes;
using Muster.Pql;
using Muster.Pql.Classification;
using Muster.Pql.Types;
using Muster.Services.Offline;

namespace Muster.Cli.Commands;

/// <summary><c>muster pql classify</c>: how queries can be evaluated, and what they depend on.</summary>
internal static class PqlClassifyCommand
{
    public static Command Create()
    {
        Argument<string> input = PqlCommand.Input();
        var schema = new Option<string>("--schema") { Description = "A JSON Schema of profiles, with events as the array xEvent.", HelpName = "FILE" };
        var command = new VerbCommand("classify",
            """Prints {"id","streaming","edge","obstacles","segments","fields","dependsOnNow"} for each query; batch evaluation takes all.""",
            "muster pql classify segments.jsonl",
            """muster pql classify 'xEvent.exists(eventType = "a" and timestamp occurs today)'""")
        {
            input, schema,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            ProfileSchema types = parsed.GetValue(schema) is { } file ? SchemaFile.Read(file) : ProfileSchema.Untyped;
            bool areAllOk = true;
            foreach (SegmentLine line in PqlCommand.Read(parsed.GetRequiredValue(input)))
            {
                JsonObject result = Classify(line, types);
                areAllOk &= result["diagnostics"] is null;
                await parsed.InvocationConfiguration.Output.WriteLineAsync(JsonLine.Of(result).AsMemory(), cancellationToken);
            }
            return areAllOk ? ExitCode.Success : ExitCode.Failed;
        });
        return command;
    }

    private static JsonObject Classify(SegmentLine line, ProfileSchema schema)
    {
        var result = new JsonObject();
        if (line.Id is not null) result["id"] = line.Id;
        if (line.Fault is { } fault)
        {
            result["diagnostics"] = new JsonArray(JsonLine.BadLine(fault));
            return result;
        }
        PqlCompilation compilation = PqlCompiler.CompileSegment(line.Query, line.Format, schema);
        if (compilation.Query is not { } query)
        {
            result["diagnostics"] = new JsonArray(compilation.Diagnostics.Select(found => (JsonNode)JsonLine.Of(found)).ToArray());
            return result;
        }
        QueryClassification found = QueryClassification.Of(query);
        result["streaming"] = found.IsEligible(EvaluationMethod.Streaming);
        result["edge"] = found.IsEligible(EvaluationMethod.Edge);
        result["obstacles"] = new JsonArray(found.Streaming.Union(found.Edge).Select(Of).ToArray());
        result["segments"] = new JsonArray(found.Segments.Select(id => (JsonNode)id).ToArray());
        result["fields"] = new JsonArray(found.Fields.Select(field => (JsonNode)field).ToArray());
        result["dependsOnNow"] = found.DependsOnNow;
        return result;
    }

    private static JsonNode Of(Obstacle obstacle) => new JsonObject
    {
        ["code"] = obstacle.Code,
        ["message"] = obstacle.Message,
        ["start"] = obstacle.Span.Start,
        ["end"] = obstacle.Span.End,
    };
}
