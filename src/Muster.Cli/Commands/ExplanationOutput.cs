using System.Text.Json.Nodes;
using Muster.Engine.Explanation;
using Muster.Services.Offline;

namespace Muster.Cli.Commands;

/// <summary>Writes explanations: a tree for people, one JSON object a segment for programs.</summary>
internal static class ExplanationOutput
{
    /// <returns>What the command exits with.</returns>
    public static int Write(TextWriter output, IReadOnlyList<OfflineExplanation> explanations, bool asJson)
    {
        foreach (OfflineExplanation found in explanations)
        {
            if (asJson) output.WriteLine(JsonLine.Of(ToJson(found)));
            else WriteText(output, found);
        }
        return explanations.All(found => found.Error is null) ? ExitCode.Success : ExitCode.Failed;
    }

    private static void WriteText(TextWriter output, OfflineExplanation found)
    {
        string name = found.Line.Id ?? $"line {found.Line.Number}";
        if (found.Explanation is not { } explanation)
        {
            output.WriteLine($"{name}: error: {found.Error!.Message}");
            return;
        }
        output.WriteLine($"{name}: {(explanation.IsMember ? "member" : "no member")}");
        if (explanation.NearestMiss is { } miss) output.WriteLine($"  nearest miss: {miss}");
        WritePart(output, explanation.Root, explanation.FirstFailure, "  ");
    }

    private static void WritePart(TextWriter output, ExplainedPart part, string? firstFailure, string indent)
    {
        output.WriteLine($"{indent}{part.Text} = {part.Value}{(part.Path == firstFailure ? "   <- first failure" : "")}");
        foreach (ExplainedStep step in part.Matches)
        {
            output.WriteLine($"{indent}  {step.Name}: {step.Matched} of {step.Looked} matched");
            foreach (ExplainedElement element in step.Elements)
                output.WriteLine($"{indent}    {element.Id ?? "#" + element.Index}: {element.Text}");
        }
        foreach (AttributeSource source in part.Sources)
            output.WriteLine($"{indent}  {source.Path} from {source.Dataset}, batch {source.Batch}");
        foreach (ExplainedPart inner in part.Parts) WritePart(output, inner, firstFailure, indent + "  ");
    }

    private static JsonObject ToJson(OfflineExplanation found)
    {
        var line = new JsonObject { ["id"] = found.Line.Id };
        if (found.Explanation is not { } explanation)
        {
            line["error"] = EvaluateOutput.ToJson(found.Error!);
            return line;
        }
        line["isMember"] = explanation.IsMember;
        line["asOf"] = explanation.AsOf;
        if (explanation.FirstFailure is { } failure) line["firstFailure"] = failure;
        if (explanation.NearestMiss is { } miss) line["nearestMiss"] = miss;
        line["explanation"] = ToJson(explanation.Root);
        return line;
    }

    private static JsonObject ToJson(ExplainedPart part)
    {
        var described = new JsonObject { ["path"] = part.Path, ["text"] = part.Text, ["value"] = part.Value };
        if (part.IsTrue is { } truth) described["isTrue"] = truth;
        if (part.Miss is { } miss) described["nearestMiss"] = miss;
        if (part.Matches.Count > 0) described["matches"] = new JsonArray([.. part.Matches.Select(ToJson)]);
        if (part.Sources.Count > 0) described["sources"] = new JsonArray([.. part.Sources.Select(ToJson)]);
        if (part.Parts.Count > 0) described["parts"] = new JsonArray([.. part.Parts.Select(ToJson)]);
        return described;
    }

    private static JsonObject ToJson(ExplainedStep step) => new()
    {
        ["name"] = step.Name,
        ["looked"] = step.Looked,
        ["matched"] = step.Matched,
        ["elements"] = new JsonArray([.. step.Elements.Select(ToJson)]),
    };

    private static JsonObject ToJson(ExplainedElement element) => new()
    {
        ["index"] = element.Index,
        ["id"] = element.Id,
        ["timestamp"] = element.Timestamp,
        ["text"] = element.Text,
    };

    private static JsonObject ToJson(AttributeSource source) => new()
    {
        ["path"] = source.Path,
        ["dataset"] = source.Dataset,
        ["batch"] = source.Batch,
        ["fragment"] = source.Fragment,
        ["timestamp"] = source.Timestamp,
    };
}
