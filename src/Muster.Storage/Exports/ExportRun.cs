using DuckDB.NET.Data;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Profiles;

namespace Muster.Storage.Exports;

/// <summary>A run that an export has attached: its types and columns.</summary>
internal sealed record ExportRun(string Alias, DataType ProfileType, DataType EventType, IReadOnlySet<string> ProfileColumns,
    IReadOnlySet<string> EventColumns)
{
    /// <summary>True if memberships that arrived in records are there, in a shape that can be read.</summary>
    public bool HasForeignMembership => ProfileColumns.Contains(ExportSchema.Membership)
        && ProfileType.TryGetField(ExportSchema.Membership, out DataType? type)
            && type is { Kind: TypeKind.Map, Element: { Kind: TypeKind.Map, Element.Kind: TypeKind.Object } };

    /// <summary>Reads the description of an attached run.</summary>
    public static ExportRun Read(DuckDbWorkspace workspace, string alias)
    {
        DataType profile, events;
        using (DuckDBDataReader meta = workspace.Query($"SELECT profile_type, event_type FROM {alias}.meta"))
        {
            meta.Read();
            profile = RunFormat.Read(meta.GetString(0));
            events = RunFormat.Read(meta.GetString(1));
        }

        return new ExportRun(alias, profile, events, Columns(workspace, alias, "profile"), Columns(workspace, alias, "event"));
    }

    private static HashSet<string> Columns(DuckDbWorkspace workspace, string alias, string table)
    {
        var columns = new HashSet<string>(StringComparer.Ordinal);
        using DuckDBDataReader reader = workspace.Query(
            $"SELECT column_name FROM duckdb_columns() WHERE database_name = {SqlText.Literal(alias)} AND table_name = {SqlText.Literal(table)}");
        while (reader.Read()) columns.Add(reader.GetString(0));
        return columns;
    }
}
