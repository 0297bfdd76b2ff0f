using System.Text;
using System.Text.Json;
using DuckDB.NET.Data;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Lake;

/// <summary>The first records of uploaded files as a table, for people to look at before a batch is loaded. Nothing is checked.</summary>
/// <param name="options">Bounds of the DuckDB instance that reads Parquet.</param>
public sealed class UploadPreview(DuckDbOptions options)
{
    /// <summary>The column of what cannot be read as a record.</summary>
    public const string CorruptColumn = "_corrupt_record";

    /// <summary>Reads at most <paramref name="rows"/> records.</summary>
    /// <param name="files">In order.</param>
    /// <param name="format">Their format.</param>
    /// <param name="csv">How CSV is written; with or without a header.</param>
    /// <param name="rows">How many records.</param>
    /// <param name="spillFolder">For temporary files; must be used by nobody else.</param>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public PreviewTable Read(IReadOnlyList<InputFile> files, InputFormat format, CsvFormat csv, int rows, string spillFolder)
    {
        var table = new PreviewTable();
        for (int i = 0; i < files.Count && table.Rows.Count < rows; i++)
        {
            string path = files[i].Path;
            if (new FileInfo(path).Length == 0) continue;
            if (format == InputFormat.Parquet || ParquetInput.IsParquet(path)) ReadParquet(path, rows - table.Rows.Count, table, spillFolder);
            else if (format == InputFormat.Csv) ReadCsv(path, csv, rows, table);
            else ReadJson(path, format, rows, table);
        }

        return table;
    }

    private static void ReadCsv(string path, CsvFormat format, int rows, PreviewTable table)
    {
        using FileStream file = File.OpenRead(path);
        using Stream stream = GzipIntegrity.IsGzip(file) ? new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress) : file;
        var reader = new CsvReader(stream, format);
        string[]? names = null;
        while (table.Rows.Count < rows && reader.Read())
        {
            string[] fields = new string[reader.Count];
            for (int i = 0; i < fields.Length; i++) fields[i] = Encoding.UTF8.GetString(reader[i]);
            if (names is null && format.Header)
            {
                names = fields;
                foreach (string name in names) table.ColumnOf(name);
                continue;
            }

            var row = new SortedDictionary<int, string>();
            for (int i = 0; i < fields.Length; i++) row[table.ColumnOf(i < names?.Length ? names[i] : $"column{i}")] = fields[i];
            table.Add(row);
        }
    }

    private static void ReadJson(string path, InputFormat format, int rows, PreviewTable table)
    {
        foreach (RecordChunk chunk in RecordFile.Read(path, format))
        {
            using (chunk)
                for (int i = 0; i < chunk.Count && table.Rows.Count < rows; i++) AddRecord(chunk[i], table);
            if (table.Rows.Count >= rows) break;
        }
    }

    private void ReadParquet(string path, int rows, PreviewTable table, string spillFolder)
    {
        try
        {
            using var workspace = new DuckDbWorkspace(Path.Combine(spillFolder, "preview"), options);
            string source = ParquetInput.Relation(ParquetInput.PlainPath(path, spillFolder, 0));
            using DuckDBDataReader reader = workspace.Query($"SELECT to_json(r)::VARCHAR FROM (SELECT * FROM {source} LIMIT {rows}) r");
            while (reader.Read()) AddRecord(Encoding.UTF8.GetBytes(reader.GetString(0)), table);
        }
        catch (DuckDBException e)
        {
            throw new InvalidDataException("It cannot be read as Parquet.", e);
        }
    }

    private static void AddRecord(ReadOnlySpan<byte> record, PreviewTable table)
    {
        var row = new SortedDictionary<int, string>();
        try
        {
            using JsonDocument document = JsonDocument.Parse(record.ToArray());
            if (document.RootElement.ValueKind == JsonValueKind.Object) AddLeaves("", document.RootElement, table, row);
            else row[table.ColumnOf(CorruptColumn)] = document.RootElement.GetRawText();
        }
        catch (JsonException)
        {
            row[table.ColumnOf(CorruptColumn)] = Encoding.UTF8.GetString(record);
        }

        table.Add(row);
    }

    private static void AddLeaves(string prefix, JsonElement element, PreviewTable table, SortedDictionary<int, string> row)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            string name = prefix + property.Name;
            if (property.Value.ValueKind == JsonValueKind.Object) AddLeaves(name + "/", property.Value, table, row);
            else if (property.Value.ValueKind == JsonValueKind.String) row[table.ColumnOf(name)] = property.Value.GetString()!;
            else if (property.Value.ValueKind != JsonValueKind.Null) row[table.ColumnOf(name)] = property.Value.GetRawText();
        }
    }
}

/// <summary>Records as rows of texts. Columns are numbered as they are first seen; a field of an object has a path with <c>/</c>.</summary>
public sealed class PreviewTable
{
    private readonly List<string> _columns = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<IReadOnlyDictionary<int, string>> _rows = [];

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Columns => _columns;

    /// <summary>The values of each record by column; absent ones are left out.</summary>
    public IReadOnlyList<IReadOnlyDictionary<int, string>> Rows => _rows;

    internal int ColumnOf(string name)
    {
        if (_numbers.TryGetValue(name, out int number)) return number;
        _numbers[name] = _columns.Count;
        _columns.Add(name);
        return _columns.Count - 1;
    }

    internal void Add(IReadOnlyDictionary<int, string> row) => _rows.Add(row);
}
