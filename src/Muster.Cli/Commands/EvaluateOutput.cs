using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Engine.Execution;
using Muster.Services.Offline;
using Spectre.Console;

namespace Muster.Cli.Commands;

/// <summary>Writes the counts of <c>muster evaluate</c>.</summary>
internal static class EvaluateOutput
{
    public static async Task WriteLinesAsync(TextWriter output, OfflineReport report, bool showsCosts)
    {
        Dictionary<string, SegmentCost> costs = report.Costs.Segments.ToDictionary(cost => cost.Id, StringComparer.Ordinal);
        foreach (OfflineResult result in report.Results)
        {
            JsonObject line = ToJson(result);
            if (showsCosts && result.Line.Id is { } id && costs.TryGetValue(id, out SegmentCost? cost)) line["cost"] = ToJson(cost);
            await output.WriteLineAsync(JsonLine.Of(line));
        }
    }

    public static void WriteTable(TextWriter output, OfflineReport report, bool showsCosts)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        Dictionary<string, SegmentCost> costs = report.Costs.Segments.ToDictionary(cost => cost.Id, StringComparer.Ordinal);
        string[] titles = showsCosts ? ["Profiles", "Share", "Work", "Alone", "Milliseconds"] : ["Profiles", "Share"];
        Table table = new Table().Border(TableBorder.Simple).AddColumn("Segment");
        foreach (string title in titles) table.AddColumn(new TableColumn(title).RightAligned());
        foreach (OfflineResult result in report.Results)
        {
            List<string> cells = [Markup.Escape(result.Line.Id ?? $"line {result.Line.Number}")];
            if (result.Error is { } error) cells.AddRange(["error", Markup.Escape($"{error.Code}: {error.Message}")]);
            else
                cells.AddRange([Number(result.Count!.Value), report.Profiles == 0 ? "" : ((double)result.Count.Value / report.Profiles)
                    .ToString("P1", CultureInfo.InvariantCulture)]);
            if (showsCosts && result.Line.Id is { } id && costs.TryGetValue(id, out SegmentCost? cost))
                cells.AddRange([Number((long)Math.Round(cost.Work)), Number(cost.MarginalWork),
                    cost.Milliseconds.ToString("N2", CultureInfo.InvariantCulture)]);
            table.AddRow([.. cells]);
        }
        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Profiles:N0} profiles."));
        if (showsCosts)
            console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{report.Costs.TotalWork:N0} units of work, {report.Costs.TotalMilliseconds:N1} ms of all threads."));
    }

    /// <summary>The line of a segment.</summary>
    public static JsonObject ToJson(OfflineResult result)
    {
        var line = new JsonObject { ["id"] = result.Line.Id };
        if (result.Error is { } error) line["error"] = ToJson(error);
        else line["count"] = result.Count;
        return line;
    }

    public static JsonObject ToJson(OfflineError error)
    {
        var described = new JsonObject { ["code"] = error.Code, ["message"] = error.Message };
        if (error.Start is { } start) described["start"] = start;
        if (error.End is { } end) described["end"] = end;
        return described;
    }

    private static JsonObject ToJson(SegmentCost cost) => new()
    {
        ["work"] = Math.Round(cost.Work, 2),
        ["marginalWork"] = cost.MarginalWork,
        ["milliseconds"] = Math.Round(cost.Milliseconds, 3),
        ["marginalMilliseconds"] = Math.Round(cost.MarginalMilliseconds, 3),
    };

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
