using System.Text.Json.Nodes;
using Muster.Engine.Planning;
using Muster.Services.Offline;

namespace Muster.Cli.Commands;

/// <summary>Writes the plan of <c>muster evaluate --explain-plan</c>.</summary>
internal static class EvaluatePlanOutput
{
    /// <returns>What the command exits with.</returns>
    public static int Write(TextWriter output, OfflinePlan plan, bool asJson)
    {
        if (asJson) output.WriteLine(JsonLine.Of(ToJson(plan)));
        else
        {
            output.Write(plan.Text);
            foreach (OfflineResult failed in plan.Errors.Where(failed => plan.Plan.Segments.All(segment => segment.Id != failed.Line.Id)))
                output.WriteLine($"{failed.Line.Id ?? $"line {failed.Line.Number}"} = error: {failed.Error!.Message}");
        }
        return plan.Errors.Count == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    private static JsonObject ToJson(OfflinePlan plan) => new()
    {
        ["rules"] = new JsonArray([.. plan.Plan.Rules.Select(rule => (JsonNode)rule)]),
        ["expressions"] = new JsonArray([.. plan.Plan.Nodes.Select(ToJson)]),
        ["segments"] =
            new JsonArray([.. plan.Plan.Segments.Select(segment => new JsonObject { ["id"] = segment.Id, ["expression"] = segment.Node })]),
        ["errors"] = new JsonArray([.. plan.Errors.Select(EvaluateOutput.ToJson)]),
    };

    private static JsonObject ToJson(PlanNode node) => new()
    {
        ["id"] = node.Id,
        ["domain"] = node.Domain,
        ["text"] = node.Text,
        ["inputs"] = new JsonArray([.. node.Inputs.Select(input => (JsonNode)input)]),
    };
}
