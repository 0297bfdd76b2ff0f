using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Muster.Storage.Lake;

/// <summary>Writes records of CSV as JSON: each column a field, or where a mapping says. Empty fields are absent.</summary>
internal sealed class CsvRecordWriter
{
    private const int LongestNumber = 18;

    private readonly string _file;
    private readonly byte[][] _names;
    private readonly MappingTree? _tree;
    private readonly Dictionary<string, int> _columns;
    private readonly List<(byte[] Namespace, List<(int Column, byte[] Ending)> Identities)> _identities = [];
    private readonly bool _infersTypes;
    private RecordProblem? _problem;

    public CsvRecordWriter(string file, string[] columns, RecordMapping? mapping, bool infersTypes)
    {
        _file = file;
        _names = [.. columns.Select(JsonName)];
        _columns = columns.Index().ToDictionary(c => c.Item, c => c.Index, StringComparer.Ordinal);
        _infersTypes = infersTypes;
        if (mapping is null) return;
        _tree = MappingTree.Of(mapping);
        foreach (IGrouping<string, MappedIdentity> group in mapping.Identities.GroupBy(i => i.Namespace, StringComparer.Ordinal))
            _identities.Add((JsonName(group.Key), [.. group.Select(i => (_columns[i.Source], EndingOf(i)))]));
    }

    /// <summary>Writes the record at the reader.</summary>
    /// <returns>Why there is none; null if it is written.</returns>
    public RecordProblem? Write(CsvReader reader, OutputBytes output)
    {
        _problem = null;
        if (_tree is null)
        {
            WriteColumns(reader, output);
            return null;
        }

        int start = output.Length;
        output.Append((byte)'{');
        foreach (MappingTree child in _tree.Children) WriteChild(child, reader, start + 1, output);
        WriteIdentities(reader, start + 1, output);
        output.Append((byte)'}');
        return _problem;
    }

    /// <summary>Writes the columns as one flat object.</summary>
    public void WriteColumns(CsvReader reader, OutputBytes output)
    {
        int start = output.Length;
        output.Append((byte)'{');
        for (int i = 0; i < _names.Length; i++)
        {
            if (reader[i].IsEmpty) continue;
            if (output.Length > start + 1) output.Append((byte)',');
            output.Append(_names[i]);
            WriteValue(reader[i], _infersTypes, output);
        }

        output.Append((byte)'}');
    }

    /// <summary>Writes the fields of a record that is none as an array of texts.</summary>
    public static void WriteFields(CsvReader reader, OutputBytes output)
    {
        output.Append((byte)'[');
        for (int i = 0; i < reader.Count; i++)
        {
            if (i > 0) output.Append((byte)',');
            WriteText(reader[i], output);
        }

        output.Append((byte)']');
    }

    private static byte[] JsonName(string name) => [.. JsonSerializer.SerializeToUtf8Bytes(name), (byte)':'];

    private static byte[] EndingOf(MappedIdentity identity) => Encoding.ASCII.GetBytes(
        $",\"primary\":{(identity.Primary ? "true" : "false")}"
        + (identity.AuthenticatedState is { } state ? $",\"authenticatedState\":\"{state}\"}}" : "}"));

    private void WriteChild(MappingTree child, CsvReader reader, int first, OutputBytes output)
    {
        int mark = output.Length;
        if (mark > first) output.Append((byte)',');
        output.Append(JsonName(child.Name));
        if (!WriteNode(child, reader, output)) output.CutTo(mark);
    }

    // False, with nothing written, if there is no value.
    private bool WriteNode(MappingTree node, CsvReader reader, OutputBytes output)
    {
        if (node.Leaf is { } leaf) return WriteLeaf(leaf, reader, output);
        int start = output.Length;
        bool any = false;
        output.Append((byte)(node.IsArray ? '[' : '{'));
        foreach (MappingTree child in node.Children)
        {
            if (!node.IsArray)
            {
                WriteChild(child, reader, start + 1, output);
                continue;
            }

            // Elements without any value are left out, so that those after them move up.
            int mark = output.Length;
            if (any) output.Append((byte)',');
            if (WriteNode(child, reader, output)) any = true;
            else output.CutTo(mark);
        }

        if (output.Length == start + 1)
        {
            output.CutTo(start);
            return false;
        }

        output.Append((byte)(node.IsArray ? ']' : '}'));
        return true;
    }

    private bool WriteLeaf(MappedField leaf, CsvReader reader, OutputBytes output)
    {
        if (leaf.Constant is { } constant)
        {
            output.Append(Encoding.UTF8.GetBytes(constant));
            return true;
        }

        if (leaf.RowId is { } prefix)
        {
            // The first record is the one below the header.
            WriteText(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{prefix}{_file}#{reader.Number - 1}")), output);
            return true;
        }

        ReadOnlySpan<byte> value = reader[_columns[leaf.Source!]];
        if (value.IsEmpty) return false;
        if (leaf.Format is { } format)
        {
            if (DateFormat.TryRead(Encoding.UTF8.GetString(value), format, out DateTime utc))
                TimeText.WriteTimestamp(utc, output);
            else
                _problem ??= new RecordProblem(
                    LoadErrorCodes.Conversion, $"'{leaf.Target}' is a string that is no date of the format '{format}'.");
            return true;
        }

        WriteValue(value, _infersTypes && leaf.Type is null, output);
        return true;
    }

    private void WriteIdentities(CsvReader reader, int first, OutputBytes output)
    {
        if (_identities.Count == 0) return;
        int start = output.Length;
        if (start > first) output.Append((byte)',');
        output.Append("\"identityMap\":{"u8);
        bool any = false;
        foreach ((byte[] name, List<(int Column, byte[] Ending)> identities) in _identities)
        {
            int mark = output.Length;
            if (any) output.Append((byte)',');
            output.Append(name);
            output.Append((byte)'[');
            int elements = output.Length;
            foreach ((int column, byte[] ending) in identities)
            {
                if (reader[column].IsEmpty) continue;
                if (output.Length > elements) output.Append((byte)',');
                output.Append("{\"id\":"u8);
                WriteText(reader[column], output);
                output.Append(ending);
            }

            if (output.Length == elements)
            {
                output.CutTo(mark);
                continue;
            }

            output.Append((byte)']');
            any = true;
        }

        if (any) output.Append((byte)'}');
        else output.CutTo(start);
    }

    private static void WriteValue(ReadOnlySpan<byte> value, bool infersType, OutputBytes output)
    {
        if (infersType && (value.SequenceEqual("true"u8) || value.SequenceEqual("false"u8) || IsNumber(value))) output.Append(value);
        else WriteText(value, output);
    }

    // As JSON writes numbers, but without an exponent and short enough to be exact: 007, 1e5 and telephone numbers with + stay text.
    private static bool IsNumber(ReadOnlySpan<byte> value)
    {
        if (value.Length > LongestNumber) return false;
        if (value[0] == '-') value = value[1..];
        int digits = value.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits < 0) digits = value.Length;
        if (digits == 0 || (digits > 1 && value[0] == '0')) return false;
        if (digits == value.Length) return true;
        return value[digits] == '.' && value.Length > digits + 1 && !value[(digits + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    private static void WriteText(ReadOnlySpan<byte> text, OutputBytes output)
    {
        output.Append((byte)'"');
        foreach (byte value in text)
        {
            if (value is (byte)'"' or (byte)'\\') output.Append((byte)'\\');
            if (value < 0x20) output.Append(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)value:x4}")));
            else output.Append(value);
        }

        output.Append((byte)'"');
    }
}
