using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Muster.Cli.Ingest;

/// <summary>What came of it.</summary>
/// <param name="DatasetId">Where it went.</param>
/// <param name="IsNewDataset">True if the dataset was made.</param>
/// <param name="BatchId">Its batch.</param>
/// <param name="Batch">The final batch, as the catalog shows it.</param>
/// <param name="Files">How many.</param>
/// <param name="Bytes">Sent.</param>
/// <param name="Elapsed">From the first byte to the end of processing.</param>
internal sealed record IngestResult(string DatasetId, bool IsNewDataset, string BatchId, JsonNode Batch, int Files, long Bytes, TimeSpan Elapsed)
{
    private const int ShownReasons = 5;

    public string Status => Batch["status"]!.GetValue<string>();

    public bool Succeeded => Status == "success";

    private long Input => Metric("inputRecordCount");

    private long Landed => Metric("outputRecordCount");

    private long Failed => Metric("failedRecordCount");

    private JsonArray Errors => Batch["errors"] as JsonArray ?? [];

    public JsonObject ToJson() => new()
    {
        ["status"] = Status,
        ["datasetId"] = DatasetId,
        ["newDataset"] = IsNewDataset,
        ["batchId"] = BatchId,
        ["files"] = Files,
        ["bytes"] = Bytes,
        ["recordsIn"] = Input,
        ["recordsLanded"] = Landed,
        ["recordsFailed"] = Failed,
        ["seconds"] = Math.Round(Elapsed.TotalSeconds, 3),
        ["errors"] = Errors.DeepClone(),
    };

    public void Show(IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("Status");
        foreach (string name in (string[])["Records in", "Landed", "Failed", "Seconds", "Records/s"])
            table.AddColumn(new TableColumn(name).RightAligned());
        double rate = Elapsed > TimeSpan.Zero ? Input / Elapsed.TotalSeconds : 0;
        table.AddRow(
            Markup.Escape(Status), Number(Input), Number(Landed), Number(Failed),
            Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture), Number((long)rate));
        console.Write(table);
        Line(console, $"Batch {BatchId} in dataset {DatasetId}{(IsNewDataset ? " (new)" : "")}.");
        if (Errors.Count > 0) ShowReasons(console);
        if (!Succeeded)
            Line(console, Failed > 0
                ? "Nothing was ingested. Correct the records, or take the good ones with --error-threshold PERCENT, and run it again."
                : "Nothing was ingested. Correct what is wrong and run it again.");
        if (Failed > 0) Line(console, $"Every bad record with its reason: GET /data/foundation/export/batches/{BatchId}/meta?path=row_errors");
    }

    private void ShowReasons(IAnsiConsole console)
    {
        var reasons = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("Count").RightAligned());
        reasons.AddColumn("Code").AddColumn("Reason").AddColumn("First at");
        foreach (JsonNode? error in Errors.Take(ShownReasons))
            reasons.AddRow(
                Number(error!["recordCount"]?.GetValue<long>() ?? 0), Markup.Escape($"{error["code"]}"), Markup.Escape($"{error["description"]}"),
                Markup.Escape($"{(error["rows"] as JsonArray)?.FirstOrDefault()}"));
        console.Write(reasons);
        if (Errors.Count > ShownReasons) console.WriteLine($"And {Errors.Count - ShownReasons} more kinds of faults.");
    }

    // As it is: a path that is broken at the width of the terminal cannot be copied.
    private static void Line(IAnsiConsole console, string text) => console.Profile.Out.Writer.WriteLine(text);

    private long Metric(string name) => Batch["metrics"]?[name]?.GetValue<long>() ?? 0;

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
