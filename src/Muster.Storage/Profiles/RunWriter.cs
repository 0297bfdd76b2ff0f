using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Identity;

namespace Muster.Storage.Profiles;

/// <summary>Makes the file of a run from a plan, in a workspace. One use.</summary>
/// <param name="workspace">Has the <see cref="RunLookups"/> of the files.</param>
/// <param name="plan">What is in the run.</param>
/// <param name="records">The records that are merged.</param>
/// <param name="events">The events that come from the lake.</param>
/// <param name="kept">The events that come from older runs; null for none.</param>
internal sealed class RunWriter(DuckDbWorkspace workspace, MergePlan plan, LakeRelation records, LakeRelation events, OldEvents? kept)
{
    private readonly RunDatabase _run = new(workspace);

    /// <summary>Writes the file at <paramref name="path"/>, which must not exist.</summary>
    /// <param name="path">A temporary name: the file is whole when this returns, but not yet flushed.</param>
    /// <param name="space">The identities with what is staged.</param>
    /// <param name="method">How records are merged.</param>
    /// <param name="keepsOwnMemberships">Whether what records say of our own segments counts.</param>
    /// <param name="tombstones">Profiles of older runs that this one replaces or ends.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <returns>The number of events.</returns>
    public long Write(
        string path, ProfileSpace space, MergeMethod method, bool keepsOwnMemberships, IReadOnlyCollection<long> tombstones, IProgress<double>? progress)
    {
        // Packing text is a quarter of the time of a run, and ids hardly shrink; text that repeats is in dictionaries. Compaction, which nobody waits for, packs it.
        workspace.Execute($"SET disabled_compression_methods = 'fsst,dict_fsst,dictionary,zstd'; ATTACH {SqlText.Literal(path)} AS run");
        new FrameWriter(plan, space).Write(workspace);
        progress?.Report(0.3);
        DataType profileType = WriteProfiles(space, method, keepsOwnMemberships);
        progress?.Report(0.5);
        (DataType eventType, long count) = WriteEvents();
        progress?.Report(0.9);

        _run.WriteIntegers("tombstone(_ordinal BIGINT)", tombstones.Order().ToArray());
        _run.WriteBlocks(plan.EventCounts);
        _run.WriteSourceSets(plan.SourceSets);
        _run.WriteMeta(profileType, eventType);
        workspace.Execute("DETACH run");
        progress?.Report(1);
        return count;
    }

    private DataType WriteProfiles(ProfileSpace space, MergeMethod method, bool keepsOwnMemberships)
    {
        // Without a graph, what the records say of a person's identities is all there is; with one, it knows more.
        bool usesOwnIdentities = method.Graph == GraphType.None;
        List<SchemaLeaf> leaves = [.. SchemaLeaf.Of(records.Schema).Where(l => usesOwnIdentities || l.Path[0] != RunFormat.IdentityMap)];
        var identityLeaf = new SchemaLeaf([RunFormat.IdentityMap], RunFormat.IdentityMapType);
        bool hasRecords = !records.IsEmpty && leaves.Count > 0;
        if (hasRecords) workspace.Execute("CREATE TABLE merged AS " + RecordMerge.Select(records, leaves, method, keepsOwnMemberships));
        bool ownIdentities = hasRecords && leaves.RemoveAll(l => l.Path[0] == RunFormat.IdentityMap) > 0;
        var types = new RunTypes();
        if (ownIdentities)
        {
            string own = $"CAST(merged.\"identityMap\" AS {FrameWriter.IdentityMapType})";
            workspace.Execute($"UPDATE frame SET identities = {own} FROM merged WHERE merged.\"@place\" = frame.place AND merged.\"identityMap\" IS NOT NULL");
        }
        // Ids repeat too rarely to look for it; the namespaces are known.
        if (!ownIdentities) _run.UseValues(types, identityLeaf.Name + "{key}", space.Namespaces);
        if (hasRecords)
            foreach (SchemaLeaf leaf in leaves) _run.FindDictionaries(types, leaf, "merged", SqlText.Identifier(leaf.Name));
        else leaves = [];

        string columns = string.Concat(leaves.Select(l =>
            $", CAST(m.{SqlText.Identifier(l.Name)} AS {types.Type(l.Type, l.Name)}) AS {SqlText.Identifier(l.Name)}"));
        workspace.Execute($"""
            CREATE TABLE run.main.profile AS SELECT f.ordinal AS _ordinal, f.place AS _place, f.updated AS _updated,
            f.record AS _record, f.sources AS _sources, CAST(f.identities AS {types.Type(identityLeaf.Type, identityLeaf.Name)}) AS "identityMap"{columns}
            FROM frame f {(hasRecords ? "LEFT JOIN merged m ON m.\"@place\" = f.place" : "")} ORDER BY f.place
            """);
        workspace.Execute("DROP TABLE IF EXISTS merged; DROP TABLE frame");
        return DataType.ObjectOf((hasRecords ? records.Schema.Fields.Where(f => f.Name != RunFormat.IdentityMap) : [])
            .Append(new Field(RunFormat.IdentityMap, RunFormat.IdentityMapType)));
    }

    private (DataType Type, long Count) WriteEvents()
    {
        DataType type = kept is null ? events.Schema : SchemaLeaf.Unite(kept.Schema, events.Schema);
        List<SchemaLeaf> leaves = [.. SchemaLeaf.Of(type)];
        if (events.IsEmpty && kept is not { Counts.Count: > 0 })
        {
            workspace.Execute("CREATE TABLE run.main.event(_place INTEGER, _identity INTEGER, _mark UTINYINT, _arrival BIGINT)");
            return (DataType.ObjectOf(), 0);
        }
        var types = new RunTypes();
        // A nested column costs the sort more than all others: where marks tell all maps, there is none.
        if (!events.HasWholeMaps && kept?.HasWholeMaps != true) leaves.RemoveAll(IsIdentityMap);
        string source = kept is null ? Arriving(leaves) : Gather(leaves);
        foreach (SchemaLeaf leaf in leaves.Where(l => !IsIdentityMap(l)))
            _run.FindDictionaries(types, leaf, kept is null ? $"({events.SelectAll(leaf)})" : "happened", SqlText.Identifier(leaf.Name));
        string columns = string.Concat(leaves.Select(l =>
            $", CAST({SqlText.Identifier(l.Name)} AS {types.Type(l.Type, l.Name)}) AS {SqlText.Identifier(l.Name)}"));
        string time = leaves.Any(l => l.Name == "timestamp") ? "\"timestamp\", " : "";
        workspace.Execute($"""
            CREATE TABLE run.main.event AS SELECT "@place" AS _place, "@identity" AS _identity, "@mark" AS _mark, "@arrival" AS _arrival{columns}
            FROM ({source}) ORDER BY "@place", {time}"@arrival"
            """);
        workspace.Execute("DROP TABLE IF EXISTS happened");
        return (type, workspace.Scalar<long>("SELECT count(*) FROM run.main.event"));
    }

    private static bool IsIdentityMap(SchemaLeaf leaf) => leaf.Name == RunFormat.IdentityMap;

    private string Arriving(IReadOnlyList<SchemaLeaf> leaves)
    {
        string columns = string.Concat(leaves.Select(l => ", " + (IsIdentityMap(l)
            ? $"CASE WHEN muster_mark(\"@file\", \"@row\") = {IdentityMark.Whole} THEN {SqlText.Identifier(l.Name)} END AS {SqlText.Identifier(l.Name)}"
            : SqlText.Identifier(l.Name))));
        return "SELECT \"@place\", muster_key(\"@file\", \"@row\") AS \"@identity\", muster_mark(\"@file\", \"@row\") AS \"@mark\", "
            + $"muster_first(\"@file\") + \"@row\" AS \"@arrival\"{columns} FROM ({events.Select(leaves)})";
    }

    // New events and those that older runs have, few out of many: picked once, into a table.
    private string Gather(List<SchemaLeaf> leaves)
    {
        kept!.Place(workspace, plan);
        const string keys = "\"@place\", \"@identity\", \"@mark\", \"@arrival\"";
        string columns = string.Concat(leaves.Select(l => ", " + SqlText.Identifier(l.Name)));
        string old = string.Concat(leaves.Select(l => $", {l.FlatExpression(kept.Schema)} AS {SqlText.Identifier(l.Name)}"));
        string taken = $"SELECT p.place::INTEGER AS \"@place\", \"@identity\", \"@mark\", \"@arrival\"{old} "
            + "FROM kept JOIN kept_place p ON p.identity = \"@identity\"";
        string arriving = events.IsEmpty ? "" : $" UNION ALL SELECT {keys}{columns} FROM ({Arriving(leaves)})";
        workspace.Execute($"CREATE TABLE happened AS {taken}{arriving}; DROP TABLE kept");
        return "SELECT * FROM happened";
    }
}
