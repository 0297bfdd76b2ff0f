using Muster.Pql.Types;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Profiles;

/// <summary>
/// The SQL that merges records into one row a profile: each column from the best record that has it. Best is first the dataset that has precedence,
/// where the method says so; then the newest, by the field that the method names or else the time of ingestion; then the higher dataset id, the
/// higher <c>_id</c>, the later arrival (reference/profile-api.md, section 2.1). Maps of identities and of memberships are united.
/// </summary>
internal static class RecordMerge
{
    /// <summary>A query for <c>@place</c> and the columns, a row a profile that has records.</summary>
    /// <param name="records">Of all datasets.</param>
    /// <param name="leaves">The columns.</param>
    /// <param name="method">Which record is best.</param>
    /// <param name="keepsOwnMemberships">Whether what records say of our own segments counts.</param>
    public static string Select(LakeRelation records, IReadOnlyList<SchemaLeaf> leaves, MergeMethod method, bool keepsOwnMemberships)
    {
        string columns = string.Concat(leaves.Select(l => ", " + SqlText.Identifier(l.Name)));
        string Merged(SchemaLeaf leaf) => $"arg_max({SqlText.Identifier(leaf.Name)}, rank)";
        (SchemaLeaf Leaf, string Query)[] united = [.. leaves.Where(l => RunFormat.IsMembership(l) || l.Name == RunFormat.IdentityMap)
            .Select(l => (l, RunFormat.IsMembership(l) ? Memberships : Identities))];
        string merged = string.Concat(leaves.Except(united.Select(u => u.Leaf)).Select(l => $", {Merged(l)} AS {SqlText.Identifier(l.Name)}"));
        // Most profiles have one record: those pass as they are.
        string select = $"""
            WITH record AS ({records.Select(leaves, keepsOwnMemberships ? (_, value) => value : Filter)}),
            ranked AS (
                SELECT *, row_number() OVER (PARTITION BY "@place" ORDER BY {Precedence(method)}{EffectiveTime(leaves, method)}, muster_dataset("@file"){ById(leaves)}, muster_first("@file") + "@row") AS rank
                FROM record WHERE muster_multiple("@place") = 1),
            merged AS (SELECT "@place"{merged} FROM ranked GROUP BY "@place")
            """;
        string joins = string.Concat(united.Select((u, i) => $" LEFT JOIN ({u.Query}) united{i} ON united{i}.\"@place\" = merged.\"@place\""));
        string multiple = $"SELECT merged.\"@place\"{columns} FROM merged{joins}";
        return $"{select} SELECT \"@place\"{columns} FROM record WHERE muster_multiple(\"@place\") = 0 UNION ALL ({multiple})";
    }

    // Of a segment the entry that qualified last.
    private const string Memberships = """
        SELECT "@place", map_from_entries(list(struct_pack(k := ns, v := segments) ORDER BY ns)) AS "segmentMembership" FROM (
            SELECT "@place", ns, map_from_entries(list(struct_pack(k := segment, v := entry) ORDER BY segment)) AS segments FROM (
                SELECT "@place", ns, segment, arg_max(entry, (coalesce(entry.lastQualificationTime, '-infinity'::TIMESTAMPTZ), rank)) AS entry FROM (
                    SELECT "@place", rank, ns, unnest(map_keys(entries)) AS segment, unnest(map_values(entries)) AS entry FROM (
                        SELECT "@place", rank, unnest(map_keys("segmentMembership")) AS ns, unnest(map_values("segmentMembership")) AS entries FROM ranked))
                GROUP BY ALL)
            GROUP BY ALL)
        GROUP BY ALL
        """;

    // All ids of each namespace; what is said of an id is what the best record says of it.
    private const string Identities = """
        SELECT "@place", map_from_entries(list(struct_pack(k := ns, v := items) ORDER BY ns)) AS "identityMap" FROM (
            SELECT "@place", ns, list(item ORDER BY id) AS items FROM (
                SELECT "@place", ns, item.id AS id, arg_max(item, rank) AS item FROM (
                    SELECT "@place", rank, ns, unnest(items) AS item FROM (
                        SELECT "@place", rank, unnest(map_keys("identityMap")) AS ns, unnest(map_values("identityMap")) AS items FROM ranked))
                WHERE item.id IS NOT NULL GROUP BY ALL)
            GROUP BY ALL)
        GROUP BY ALL
        """;

    // Memberships of our own segments come from evaluation: what a record says of them is old news.
    private static string Filter(SchemaLeaf leaf, string value)
    {
        if (!RunFormat.IsMembership(leaf)) return value;
        string foreign = $"list_filter(map_entries({value}), x -> x.key <> 'ups')";
        return $"CASE WHEN len({foreign}) > 0 THEN map_from_entries({foreign}) END";
    }

    private static string Precedence(MergeMethod method) => method.Precedence is null ? "" : "muster_precedence(\"@file\") DESC, ";

    private static string EffectiveTime(IReadOnlyList<SchemaLeaf> leaves, MergeMethod method)
    {
        SchemaLeaf? leaf = leaves.FirstOrDefault(l => l.Name == method.TimestampField && l.Type.Kind is TypeKind.Timestamp or TypeKind.Date or TypeKind.String);
        return leaf is null ? "muster_ingested(\"@file\")" : $"coalesce(epoch_ms(TRY_CAST({SqlText.Identifier(leaf.Name)} AS TIMESTAMPTZ)), muster_ingested(\"@file\"))";
    }

    private static string ById(IReadOnlyList<SchemaLeaf> leaves) => leaves.Any(l => l.Name == "_id") ? ", \"_id\" NULLS FIRST" : "";
}
