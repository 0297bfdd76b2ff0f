using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace Muster.Storage.Lake;

/// <summary>Reads a file of CSV as JSON records, which pass the same checks as those that came as JSON.</summary>
internal sealed class CsvFile
{
    private const int ChunkBytes = 1 << 20;

    private readonly CsvFormat _format;
    private readonly string[] _columns;
    private readonly CsvRecordWriter _writer;

    private CsvFile(string name, CsvFormat format, string[] columns, RecordMapping? mapping, bool infersTypes)
    {
        (_format, _columns) = (format, columns);
        _writer = new CsvRecordWriter(name, columns, mapping, infersTypes);
    }

    /// <summary>Reads the header.</summary>
    /// <param name="file">The file, which may be gzip.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="mapping">Where its columns go; null if each is a field.</param>
    /// <param name="infersTypes">Whether values that are written like numbers and booleans become such.</param>
    /// <param name="problem">Why the file cannot be read; otherwise null.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static CsvFile? Open(InputFile file, CsvFormat format, RecordMapping? mapping, bool infersTypes, out string? problem)
    {
        problem = null;
        if (!format.Header)
        {
            problem = "has no header: the first record must name the columns";
            return null;
        }

        using FileStream opened = File.OpenRead(file.Path);
        using Stream stream = Decompress(opened, out _);
        var reader = new CsvReader(stream, format);
        if (!reader.Read())
        {
            problem = "has no header";
            return null;
        }

        string[] columns = new string[reader.Count];
        for (int i = 0; i < columns.Length; i++) columns[i] = Encoding.UTF8.GetString(reader[i]);
        problem = reader.Problem is not null ? "has a header that cannot be read"
            : columns.Any(c => !Schemas.FieldNames.IsUsable(c) || string.IsNullOrWhiteSpace(c))
                ? "has a header with a column without a usable name"
            : columns.Distinct(StringComparer.OrdinalIgnoreCase).Count() < columns.Length ? "has a header that names a column twice"
            : mapping?.Sources.FirstOrDefault(s => !columns.Contains(s)) is { } missing
                ? $"has a header without the column '{missing}' of the mapping"
            : null;
        return problem is null ? new CsvFile(file.Name, format, columns, mapping, infersTypes) : null;
    }

    /// <summary>Reads the records in order; the caller disposes the chunks.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public IEnumerable<RecordChunk> Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        using Stream stream = Decompress(file, out bool isGzip);
        var reader = new CsvReader(stream, _format);
        reader.Read(); // The header.
        for (bool more = true; more;)
        {
            RecordChunk? chunk = ReadChunk(reader, out more);
            if (chunk is not null) yield return chunk;
        }

        if (isGzip && !GzipIntegrity.IsWhole(file, reader.BytesRead)) throw new InvalidDataException("its compressed data end too early");
    }

    private RecordChunk? ReadChunk(CsvReader reader, out bool more)
    {
        var output = new OutputBytes();
        var records = new List<RecordSpan>();
        Dictionary<long, RecordProblem>? problems = null;
        while ((more = output.Length < ChunkBytes && reader.Read()))
        {
            int start = output.Length;
            RecordProblem? problem = reader.Problem is not null ? new RecordProblem(LoadErrorCodes.Corrupt, reader.Problem)
                : reader.Count != _columns.Length
                    ? new RecordProblem(LoadErrorCodes.Corrupt, $"The record has {reader.Count} fields instead of {_columns.Length}.")
                : _writer.Write(reader, output);
            if (problem is { } found)
            {
                (problems ??= []).Add(reader.Row, found);
                output.CutTo(start);
                if (found.Code == LoadErrorCodes.Corrupt) CsvRecordWriter.WriteFields(reader, output);
                else _writer.WriteColumns(reader, output);
            }

            records.Add(new RecordSpan(start, output.Length - start, reader.Row));
        }

        more = output.Length >= ChunkBytes;
        if (records.Count == 0) return null;
        byte[] bytes = ArrayPool<byte>.Shared.Rent(output.Length);
        output.Written.CopyTo(bytes);
        return problems is null ? new RecordChunk(bytes, records, 0) : new RecordChunk(bytes, records, 0) { Problems = problems };
    }

    private static Stream Decompress(FileStream file, out bool isGzip)
    {
        isGzip = GzipIntegrity.IsGzip(file);
        return isGzip ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : file;
    }
}
