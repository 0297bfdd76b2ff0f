using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Services.Requests;
using Muster.Storage.ControlPlane;
using Muster.Storage.Lake;

namespace Muster.Services.Ingestion;

/// <summary>What a client says about CSV: how it is written, and where its columns go.</summary>
public static class CsvInput
{
    private const string DefaultCharset = "UTF-8";

    /// <summary>Reads the options of <c>inputFormat</c>; null for the defaults.</summary>
    /// <exception cref="RequestRefusedException">400: not one character, or not supported.</exception>
    public static CsvFormat ReadFormat(JsonObject? options)
    {
        if (options is null) return CsvFormat.Default;
        string charset = options.Text("charset") ?? DefaultCharset;
        if (!charset.Equals(DefaultCharset, StringComparison.OrdinalIgnoreCase) && !charset.Equals("US-ASCII", StringComparison.OrdinalIgnoreCase))
            throw JsonFields.WrongValue("charset", $"must be UTF-8 or US-ASCII, not '{charset}'");
        if (!string.IsNullOrEmpty(options.Text("nullMarker")))
            throw JsonFields.WrongValue("nullMarker", "is not supported: an empty value is an absent one");
        if (options.Flag("header") == false) throw JsonFields.WrongValue("header", "must be true: the first line names the columns");
        var format = new CsvFormat(
            Character(options, "delimiter", CsvFormat.Default.Delimiter), Character(options, "quote", CsvFormat.Default.Quote),
            Character(options, "escape", CsvFormat.Default.Escape));
        try
        {
            format.Check();
        }
        catch (FormatException fault)
        {
            throw new RequestRefusedException(400, "batch.csv", fault.Message);
        }

        return format;
    }

    /// <summary>Reads a mapping; null if there is none.</summary>
    /// <exception cref="RequestRefusedException">400: it is not one.</exception>
    public static RecordMapping? ReadMapping(JsonNode? mapping)
    {
        if (mapping is null) return null;
        try
        {
            return RecordMapping.Parse(Encoding.UTF8.GetBytes(mapping.ToJsonString()));
        }
        catch (FormatException fault)
        {
            throw new RequestRefusedException(400, "batch.mapping", fault.Message);
        }
    }

    /// <summary>The rules that a batch of CSV was opened with.</summary>
    internal static (CsvFormat Format, RecordMapping? Mapping) Of(Batch batch) =>
        (ReadFormat(JsonNode.Parse(batch.InputOptions)!.AsObject()), ReadMapping(batch.Mapping is { } text ? JsonNode.Parse(text) : null));

    /// <summary>Refuses what does not fit the format of a new batch.</summary>
    internal static void Check(string format, NewBatch request)
    {
        if (format == "csv")
        {
            ReadFormat(request.CsvOptions);
            ReadMapping(request.Mapping);
        }
        else if (request.Mapping is not null)
        {
            throw new RequestRefusedException(400, "batch.mapping", "A mapping is for the format 'csv' only.");
        }
    }

    private static char Character(JsonObject options, string name, char missing)
    {
        string? text = options.Text(name);
        if (string.IsNullOrEmpty(text)) return missing;
        return text switch
        {
            "\\t" => '\t',
            { Length: 1 } => text[0],
            _ => throw JsonFields.WrongValue(name, $"must be one character, not {JsonSerializer.Serialize(text)}"),
        };
    }
}
