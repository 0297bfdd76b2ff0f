using Muster.Pql.Types;

namespace Muster.Storage.Schemas;

/// <summary>
/// Reads a table of fields: lines of <c>parent: name type, name type</c> (the notation is explained at the head of the tables).
/// </summary>
internal static class FieldTable
{
    /// <summary>Reads an embedded table and appends more fields to its root.</summary>
    public static DataType Read(string resource, params (string Name, DataType Type)[] more)
    {
        using Stream stream = typeof(FieldTable).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The table {resource} is not embedded.");
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd(), more);
    }

    /// <summary>Parses the text of a table.</summary>
    public static DataType Parse(string text, params (string Name, DataType Type)[] more)
    {
        var root = new Node();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (line[0] == '#') continue;
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string parent = line[..colon] == "." ? "" : line[..colon] + ".";
            foreach (string field in line[(colon + 1)..].Split(',', StringSplitOptions.TrimEntries))
            {
                string[] nameAndType = field.Split(' ');
                root.Add((parent + nameAndType[0]).Split('.'), ScalarOf(nameAndType[1]));
            }
        }

        return DataType.ObjectOf(root.Build().Fields.Concat(more.Select(m => new Field(m.Name, m.Type))));
    }

    private static DataType ScalarOf(string name) => name switch
    {
        "string" => DataType.String,
        "integer" => DataType.Integer,
        "double" => DataType.Double,
        "boolean" => DataType.Boolean,
        "date" => DataType.Date,
        "date-time" => DataType.Timestamp,
        "map" => DataType.MapOf(DataType.Unknown),
        _ => throw new FormatException($"'{name}' is no type of a field table."),
    };

    private sealed class Node
    {
        private readonly List<(string Name, bool IsArray, Node Node)> _children = [];
        private DataType? _type;

        public void Add(ReadOnlySpan<string> path, DataType type)
        {
            if (path.IsEmpty)
            {
                _type = type;
                return;
            }

            int bracket = path[0].IndexOf('[', StringComparison.Ordinal);
            string name = bracket < 0 ? path[0] : path[0][..bracket];
            int index = _children.FindIndex(c => c.Name == name);
            if (index < 0)
            {
                index = _children.Count;
                _children.Add((name, bracket >= 0, new Node()));
            }

            _children[index].Node.Add(path[1..], type);
        }

        public DataType Build() => _type ?? DataType.ObjectOf(_children.Select(c =>
            new Field(c.Name, c.IsArray ? DataType.ArrayOf(c.Node.Build()) : c.Node.Build())));
    }
}
