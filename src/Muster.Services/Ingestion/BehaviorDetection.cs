using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Muster.Storage.ControlPlane;
using Muster.Storage.Lake;

namespace Muster.Services.Ingestion;

/// <summary>
/// Whether the records of a dataset are events, for a dataset whose schema does not say: they are if the first record has a
/// <c>timestamp</c>.
/// Parquet and CSV files are looked at by their column names, CSV with a mapping by its targets.
/// </summary>
internal static class BehaviorDetection
{
    private const string TimeSeries = "time-series";
    private const string Record = "record";
    private const int Peeked = 1 << 20;

    /// <summary><c>time-series</c> or <c>record</c>.</summary>
    public static async Task<string> DetectAsync(Batch batch, IEnumerable<string> files, CancellationToken cancellationToken)
    {
        (CsvFormat csv, RecordMapping? mapping) = CsvInput.Of(batch);
        if (mapping is not null) return mapping.Fields.Any(f => f.Target == "timestamp") ? TimeSeries : Record;
        foreach (string file in files)
        {
            byte[] head = await HeadAsync(file, cancellationToken).ConfigureAwait(false);
            if (head.Length == 0) continue;
            bool isEvents = IsParquet(head) ? ParquetHasTimestamp(file)
                : batch.Format == "csv" ? HeaderHasTimestamp(head, csv) : FirstRecordHasTimestamp(head);
            return isEvents ? TimeSeries : Record;
        }

        return Record;
    }

    private static bool HeaderHasTimestamp(byte[] head, CsvFormat csv)
    {
        int end = head.AsSpan().IndexOf((byte)'\n');
        string header = Encoding.UTF8.GetString(head.AsSpan(0, end < 0 ? head.Length : end));
        return header.TrimStart('\uFEFF').Split(csv.Delimiter).Any(name => name.Trim().Trim(csv.Quote) == "timestamp");
    }

    private static async Task<byte[]> HeadAsync(string path, CancellationToken cancellationToken)
    {
        await using FileStream file = File.OpenRead(path);
        var magic = new byte[2];
        bool compressed = await file.ReadAtLeastAsync(magic, 2, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) == 2
            && magic is [0x1f, 0x8b];
        file.Position = 0;
        await using Stream content = compressed ? new GZipStream(file, CompressionMode.Decompress) : file;
        var head = new byte[Peeked];
        try
        {
            int read = await content.ReadAtLeastAsync(head, Peeked, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return head[..read];
        }
        catch (InvalidDataException)
        {
            return []; // A damaged file: the loader will say so.
        }
    }

    private static bool IsParquet(byte[] head) => head.AsSpan().StartsWith("PAR1"u8);

    private static bool ParquetHasTimestamp(string path)
    {
        // The schema stands in the footer, as plain names: the last megabyte holds it for any sane file.
        using FileStream file = File.OpenRead(path);
        file.Seek(-Math.Min(file.Length, Peeked), SeekOrigin.End);
        var tail = new byte[file.Length - file.Position];
        file.ReadExactly(tail);
        return tail.AsSpan().IndexOf("\x09timestamp"u8) >= 0;
    }

    private static bool FirstRecordHasTimestamp(byte[] head)
    {
        var reader = new Utf8JsonReader(head, isFinalBlock: false,
            new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true }));
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.StartObject) continue;
                int depth = reader.CurrentDepth;
                while (reader.Read() && reader.CurrentDepth > depth)
                {
                    if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != depth + 1) continue;
                    if (reader.ValueTextEquals("timestamp"u8)) return true;
                }

                return false;
            }
        }
        catch (JsonException)
        {
            return false; // Not JSON: the loader will say so.
        }

        return false;
    }
}
