using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Services.Ingestion;
using Muster.Services.Requests;

namespace Muster.Server.Api.Ingestion;

/// <summary>The body that opens a batch.</summary>
internal static class NewBatchReader
{
    private static readonly string[] CsvOptions = ["delimiter", "quote", "escape", "nullMarker", "header", "charset"];

    public static NewBatch Read(JsonObject fields)
    {
        JsonObject format = fields.RequiredObject("inputFormat");
        JsonObject? tags = fields.Object("tags");
        foreach ((string tag, _) in tags ?? []) _ = tags!.Texts(tag) ?? throw JsonFields.WrongType("tags", "an object of arrays of strings");
        var options = new JsonObject();
        foreach (string name in CsvOptions)
            if (format[name] is { } value) options[name] = value.DeepClone();
        return new NewBatch(
            fields.RequiredText("datasetId"), format.RequiredText("format"), Flag(format, "isMultiLineJson"),
            Flag(fields, "enableErrorDiagnostics"), Share(fields), fields.Text("externalId"), tags?.ToJsonString())
        {
            CsvOptions = options.Count > 0 ? options : null,
            Mapping = fields["mapping"]?.DeepClone(),
            Replay = Replay(fields),
        };
    }

    private static BatchReplay? Replay(JsonObject fields)
    {
        if (fields.Object("replay") is not { } replay) return null;
        IReadOnlyList<string> ids = replay.Texts("predecessors") ?? [], external = replay.Texts("predecessorsByExternalId") ?? [];
        return ids.Count + external.Count is > 0 and <= 1000
            ? new BatchReplay(ids, external, replay.Text("reason"))
            : throw JsonFields.WrongValue("replay", "must name 1 to 1000 predecessors, in predecessors or predecessorsByExternalId");
    }

    private static double? Share(JsonObject fields)
    {
        if (fields["partialIngestionPercentage"] is not { } given) return null;
        return given.GetValueKind() == JsonValueKind.Number
            ? given.GetValue<double>() : throw JsonFields.WrongType("partialIngestionPercentage", "a number");
    }

    // Clients written in Python send "True" and "False".
    private static bool Flag(JsonObject fields, string name) =>
        fields[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String && bool.TryParse(value.GetValue<string>(), out bool parsed)
            ? parsed
            : fields.Flag(name) ?? false;
}
