using System.Globalization;
using DuckDB.NET.Data;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Lake;

/// <summary>
/// Whether the rows of a Parquet file may go to the lake by casts of their columns: only if the strict reader would take every one of them
/// and read the same. One query answers for the whole file; it never says which row is bad.
/// </summary>
internal static class ParquetCheck
{
    /// <summary>Checks a file.</summary>
    /// <returns>What to do with the file; null if it must be read strictly.</returns>
    public static VouchedParquet? TryVouch(InputSource source, DataType schema, RecordRules rules, DuckDbWorkspace workspace)
    {
        PhysicalType file = source.Columns!;
        if (!file.CastsTo(schema) || !file.Fields.Any(f => f.Name == RecordColumns.IdentityMap)) return null;
        var faults = new List<string>();
        foreach ((string name, PhysicalType type) in file.Fields)
        {
            schema.TryGetField(name, out DataType? target);
            if (FaultOf(SqlText.Identifier(name), type, target!, 0) is { } fault) faults.Add(fault);
        }

        faults.Add($"NOT coalesce({HasIdentity}, false)");
        if (rules.RequireEventFields)
        {
            if (!file.Fields.Any(f => f.Name == RecordColumns.Id) || !file.Fields.Any(f => f.Name == RecordColumns.Timestamp)) return null;
            faults.Add("coalesce(\"_id\", '') = ''");
            faults.Add("\"timestamp\" IS NULL");
        }

        try
        {
            string sql = $"SELECT count(*), count(*) FILTER ({string.Join(" OR ", faults)}) FROM {ParquetInput.Relation(source.Path)}";
            using DuckDBDataReader reader = workspace.Query(sql);
            reader.Read();
            long rows = reader.GetInt64(0), faulty = reader.GetInt64(1);
            if (rows == 0 || faulty > 0) return null;
            bool isSame = file.Fields.Count == schema.Fields.Count
                && file.Fields.All(f => schema.TryGetField(f.Name, out DataType? type) && f.Type.Is(type));
            return new VouchedParquet(rows, ColumnsOf(file, schema), isSame);
        }
        catch (DuckDBException)
        {
            return null;
        }
    }

    // Stricter than IdentityRules in cheap terms: no placeholder at its start, nothing to trim there, and not over-long in bytes. What only
    // few rows need stands in a CASE, which DuckDB computes for those alone.
    private const string HasIdentity =
        "len(list_filter(flatten(map_values(\"identityMap\")), lambda e: strlen(e.id) <= 1024 AND CASE "
        + "WHEN ascii(e.id) IN (65, 73, 78, 97, 105, 110) THEN lower(left(e.id, 4)) NOT IN ('null', 'anon', 'inva') "
        + "ELSE ascii(e.id) BETWEEN 33 AND 126 END)) > 0";

    private static string ColumnsOf(PhysicalType file, DataType schema) => string.Join(", ", schema.Fields.Select(field =>
    {
        string name = SqlText.Identifier(field.Name);
        (string Name, PhysicalType Type)[] found = [.. file.Fields.Where(f => f.Name == field.Name)];
        if (found.Length == 0) return $"CAST(NULL AS {SqlText.Type(field.Type)}) AS {name}";
        return found[0].Type.Is(field.Type) ? name : $"CAST({name} AS {SqlText.Type(field.Type)}) AS {name}";
    }));

    // True where the strict reader fails the record or reads something else: what is not text, not finite, or empty without being null.
    private static string? FaultOf(string value, PhysicalType type, DataType target, int depth)
    {
        switch (target.Kind)
        {
            case TypeKind.String: return $"contains({value}, chr(0))";
            case TypeKind.Double: return type.Name is "DOUBLE" or "FLOAT" ? $"NOT isfinite({value})" : null;
            case TypeKind.Timestamp or TypeKind.Date:
                string instant = $"CAST({value} AS TIMESTAMPTZ)";
                return $"NOT ({instant} >= TIMESTAMPTZ '1000-01-01 00:00:00+00' AND {instant} < TIMESTAMPTZ '9999-01-01 00:00:00+00')";
            case TypeKind.Object:
                string nothing = string.Concat(type.Fields.Select(f => $" AND {FieldOf(f.Name)} IS NULL"));
                var faults = new List<string> { $"({value} IS NOT NULL{nothing})" };
                foreach ((string name, PhysicalType part) in type.Fields)
                {
                    target.TryGetField(name, out DataType? partTarget);
                    if (FaultOf(FieldOf(name), part, partTarget!, depth) is { } fault) faults.Add(fault);
                }

                return string.Join(" OR ", faults);
            case TypeKind.Array: return $"list_count({value}) = 0" + AnyFault(value, type.Element!, target.Element!, depth);
            case TypeKind.Map:
                string keys = $"map_keys({value})", values = $"map_values({value})";
                return $"list_count({values}) = 0 OR list_count({values}) < len({keys}) "
                    + $"OR CASE WHEN len({keys}) > 1 THEN len(list_distinct({keys})) < len({keys}) ELSE false END "
                    + $"OR len(list_filter({keys}, lambda k: contains(k, chr(0)))) > 0"
                    + AnyFault(values, type.Element!, target.Element!, depth);
            default: return null;
        }

        string FieldOf(string name) => $"struct_extract({value}, {SqlText.Literal(name)})";
    }

    private static string AnyFault(string list, PhysicalType type, DataType target, int depth)
    {
        string element = "e" + depth.ToString(CultureInfo.InvariantCulture);
        return FaultOf(element, type, target, depth + 1) is { } fault ? $" OR len(list_filter({list}, lambda {element}: {fault})) > 0" : "";
    }
}

/// <summary>A Parquet file whose rows are all good.</summary>
/// <param name="Rows">Their number.</param>
/// <param name="Columns">The columns of the schema, with casts where they are needed.</param>
/// <param name="IsLakeFile">Whether the file could be a lake file as it is.</param>
internal sealed record VouchedParquet(long Rows, string Columns, bool IsLakeFile);
