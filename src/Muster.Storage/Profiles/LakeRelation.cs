using Muster.Pql.Types;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Profiles;

/// <summary>
/// The used records of some lake files as one relation: <c>@place</c>, <c>@file</c>, <c>@row</c> and the columns of the united schema. Files of one
/// schema are read together. The workspace must have the <see cref="RunLookups"/> of the same files.
/// </summary>
internal sealed class LakeRelation
{
    private readonly List<(DataType Schema, int FirstFile, List<string> Files)> _groups = [];

    /// <summary>Groups files.</summary>
    /// <param name="folder">The sandbox folder.</param>
    /// <param name="files">All files of the apply, of one schema contiguous: <see cref="Arrange"/>.</param>
    /// <param name="events">Whether to take those of events or of records.</param>
    public LakeRelation(string folder, IReadOnlyList<LakeRows> files, bool events)
    {
        Schema = DataType.ObjectOf();
        for (int i = 0; i < files.Count; i++)
        {
            if (files[i].HoldsEvents != events) continue;
            DataType schema = files[i].Batch.Schema;
            if (_groups.Count == 0 || !_groups[^1].Schema.Equals(schema))
            {
                _groups.Add((schema, i, []));
                Schema = SchemaLeaf.Unite(Schema, DataType.ObjectOf(schema.Fields.Where(f => !RunFormat.IsReserved(f.Name))));
            }
            _groups[^1].Files.Add(Path.Combine(folder, files[i].File));
            HasWholeMaps |= files[i].HasWholeMaps;
        }
    }

    /// <summary>The union of the schemas of the files.</summary>
    public DataType Schema { get; }

    /// <summary>True if a file may have an identity map that its mark does not tell.</summary>
    public bool HasWholeMaps { get; }

    /// <summary>True if there are no files.</summary>
    public bool IsEmpty => _groups.Count == 0;

    /// <summary>Orders files so that those of one schema are together.</summary>
    public static List<LakeRows> Arrange(IEnumerable<LakeRows> files)
    {
        var groups = new List<(LakeRows First, List<LakeRows> Files)>();
        foreach (LakeRows file in files)
        {
            int group = groups.FindIndex(g => g.First.HoldsEvents == file.HoldsEvents && g.First.Batch.Schema.Equals(file.Batch.Schema));
            if (group < 0) groups.Add((file, [file]));
            else groups[group].Files.Add(file);
        }
        return [.. groups.SelectMany(g => g.Files)];
    }

    /// <summary>A query for the used records with these columns; <paramref name="replace"/> may put an expression around a column's.</summary>
    public string Select(IReadOnlyList<SchemaLeaf> leaves, Func<SchemaLeaf, string, string>? replace = null) => string.Join(" UNION ALL ", _groups.Select(g =>
    {
        string number = Number(g.FirstFile);
        IEnumerable<string> columns = leaves.Select(l =>
        {
            string value = l.Expression(g.Schema);
            return $", {(replace is null ? value : replace(l, value))} AS {SqlText.Identifier(l.Name)}";
        });
        return $"SELECT muster_place({number}, file_row_number) AS \"@place\", {number} AS \"@file\", file_row_number AS \"@row\"{string.Concat(columns)} "
            + $"FROM read_parquet({SqlText.Literals(g.Files)}) WHERE muster_place({number}, file_row_number) >= 0";
    }));

    /// <summary>A query for one column of all records, used or not: a scan that decides nothing row by row.</summary>
    public string SelectAll(SchemaLeaf leaf) => string.Join(" UNION ALL ", _groups.Select(g =>
        $"SELECT {leaf.Expression(g.Schema)} AS {SqlText.Identifier(leaf.Name)} FROM read_parquet({SqlText.Literals(g.Files)})"));

    private static string Number(int firstFile) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"(file_index::INTEGER + {firstFile})");
}
