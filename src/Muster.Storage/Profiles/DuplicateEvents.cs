using DuckDB.NET.Data;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Profiles;

/// <summary>Takes events out of a plan that a profile already has: same dataset, same <c>_id</c>. The first that arrived stays.</summary>
internal static class DuplicateEvents
{
    /// <summary>Clears the places of duplicates.</summary>
    public static void Remove(DuckDbWorkspace workspace, LakeRelation events, IReadOnlyList<LakeRows> files)
    {
        if (events.IsEmpty || !events.Schema.TryGetField("_id", out DataType? type)) return;
        string source = events.Select([new SchemaLeaf(["_id"], type)]);
        // Hashes find the few candidates in little memory; only those are compared as text.
        string sql = $"""
            WITH event AS ({source}),
            keyed AS (SELECT *, muster_dataset("@file") AS dataset, hash("@place", muster_dataset("@file"), "_id") AS hash FROM event WHERE "_id" IS NOT NULL),
            candidate AS (SELECT hash FROM keyed GROUP BY hash HAVING count(*) > 1)
            SELECT "@file", "@row" FROM keyed SEMI JOIN candidate USING (hash)
            QUALIFY row_number() OVER (PARTITION BY "@place", dataset, "_id" ORDER BY muster_arrival("@file", "@row")) > 1
            """;
        using DuckDBDataReader reader = workspace.Query(sql);
        while (reader.Read()) files[reader.GetInt32(0)].Places[reader.GetInt64(1)] = -1;
    }
}
