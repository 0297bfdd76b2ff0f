using System.Text.Encodings.Web;
using System.Text.Json;
using Muster.Storage.Files;

namespace Muster.Storage.Lake;

/// <summary>
/// The failed records of a load, one JSON line each: <c>_errors</c> (code, message), <c>_filename</c>, <c>_row</c>, and <c>record</c> or,
/// if it
/// is not JSON, <c>_corrupt_record</c> (its first 64 KiB). Made with the first record.
/// </summary>
internal sealed class FailedRecordFile(string path, DurableFiles files) : IDisposable
{
    /// <summary>The name of the file in the folder of a load.</summary>
    public const string Name = "failed-records.jsonl";

    private const int CorruptBytesKept = 1 << 16;

    private FileStream? _stream;
    private Utf8JsonWriter? _writer;

    public long Count { get; private set; }

    public void Append(FailedRecord failed, string fileName)
    {
        _stream ??= new FileStream(path + DurableFiles.TemporarySuffix, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        _writer ??= new Utf8JsonWriter(_stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        _writer.Reset(_stream);
        _writer.WriteStartObject();
        _writer.WriteStartArray("_errors");
        foreach (RecordProblem problem in failed.Problems)
        {
            _writer.WriteStartObject();
            _writer.WriteString("code", problem.Code);
            _writer.WriteString("message", problem.Message);
            _writer.WriteEndObject();
        }

        _writer.WriteEndArray();
        _writer.WriteString("_filename", fileName);
        _writer.WriteNumber("_row", failed.Row);
        if (failed.Problems.Any(p => p.Code == LoadErrorCodes.Corrupt))
        {
            byte[] kept = failed.Bytes.Length <= CorruptBytesKept ? failed.Bytes : failed.Bytes[..CorruptBytesKept];
            _writer.WriteString("_corrupt_record", System.Text.Encoding.UTF8.GetString(kept));
        }
        else
        {
            _writer.WritePropertyName("record");
            WriteOnOneLine(failed.Bytes, _writer);
        }

        _writer.WriteEndObject();
        _writer.Flush();
        _stream.WriteByte((byte)'\n');
        Count++;
    }

    /// <summary>Publishes the file.</summary>
    /// <returns>Its path; null if no record failed.</returns>
    public string? Publish()
    {
        if (_stream is null) return null;
        Close();
        files.Publish(path, _ => { });
        return path;
    }

    /// <summary>Removes what was not published.</summary>
    public void Dispose()
    {
        Close();
        File.Delete(path + DurableFiles.TemporarySuffix);
    }

    private void Close()
    {
        _writer?.Dispose();
        _stream?.Dispose();
        _writer = null;
        _stream = null;
    }

    // A record of an array may span lines. Between tokens a line break means nothing and in a string it cannot stand.
    private static void WriteOnOneLine(byte[] record, Utf8JsonWriter writer)
    {
        byte[] line = record.AsSpan().IndexOfAny((byte)'\n', (byte)'\r') < 0 ? record : (byte[])record.Clone();
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        writer.WriteRawValue(line, skipInputValidation: true);
    }
}

/// <summary>A record that is not loaded.</summary>
internal sealed record FailedRecord(long Row, byte[] Bytes, RecordProblem[] Problems);
