using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Identity;

namespace Muster.Storage.Profiles;

/// <summary>Makes the file of a run from a plan, in a workspace. One use.</summary>
internal sealed class RunWriter(DuckDbWorkspace workspace, MergePlan plan, LakeRelation records, LakeRelation events, bool keepsOwnMemberships)
{
    // A column with more distinct values than fit a dictionary among its first records is not worth a scan of the rest.
    private const int SampleRows = 250_000;

    private int _dictionaries;

    /// <summary>Writes the file at <paramref name="path"/>, which must not exist.</summary>
    /// <param name="path">A temporary name: the file is whole when this returns, but not yet flushed.</param>
    /// <param name="graph">The identities with what is staged.</param>
    /// <param name="tombstones">Profiles of older runs that this one replaces or ends.</param>
    /// <param name="isPartial">True if the files hold much that is not used.</param>
    /// <param name="progress">Told the share that is done.</param>
    public (long Profiles, long Events) Write(string path, IdentityGraph graph, IReadOnlyCollection<long> tombstones, bool isPartial, IProgress<double>? progress)
    {
        workspace.Execute($"ATTACH {SqlText.Literal(path)} AS run");
        new FrameWriter(plan, graph).Write(workspace);
        progress?.Report(0.3);
        DataType profileType = WriteProfiles();
        progress?.Report(0.5);
        DataType eventType = WriteEvents(isPartial);
        progress?.Report(0.9);

        workspace.Execute("CREATE TABLE tombstones(ordinal BIGINT)");
        ChunkAppender.AppendAll(workspace.Connection, "tombstones", tombstones.Order().ToArray());
        workspace.Execute("CREATE TABLE run.main.tombstone AS SELECT ordinal AS _ordinal FROM tombstones ORDER BY ordinal");
        workspace.Execute("""
            CREATE TABLE run.main.block AS SELECT p._block, p.profiles, coalesce(e.events, 0) AS events
            FROM (SELECT _block, count(*) AS profiles FROM run.main.profile GROUP BY _block) p
            LEFT JOIN (SELECT _block, count(*) AS events FROM run.main.event GROUP BY _block) e ON e._block = p._block ORDER BY p._block
            """);
        IEnumerable<string> sets = plan.SourceSets.Select((s, i) => $"({i}, {SqlText.Literals(s)}::VARCHAR[])");
        workspace.Execute($"CREATE TABLE run.main.source_set AS SELECT * FROM (VALUES {string.Join(", ", sets)}) s(id, datasets)");
        string latest = eventType.TryGetField("timestamp", out DataType? time) && time.Kind == TypeKind.Timestamp
            ? "(SELECT max(epoch_ms(\"timestamp\")) FROM run.main.event)"
            : "NULL::BIGINT";
        workspace.Execute($"""
            CREATE TABLE run.main.meta AS SELECT {RunFormat.Version} AS version, {SqlText.Literal(RunFormat.Write(profileType))} AS profile_type,
            {SqlText.Literal(RunFormat.Write(eventType))} AS event_type, {latest} AS latest_event
            """);
        long profiles = workspace.Scalar<long>("SELECT count(*) FROM run.main.profile"), count = workspace.Scalar<long>("SELECT count(*) FROM run.main.event");
        workspace.Execute("DETACH run");
        progress?.Report(1);
        return (profiles, count);
    }

    private DataType WriteProfiles()
    {
        List<SchemaLeaf> leaves = [.. SchemaLeaf.Of(records.Schema).Where(l => l.Path[0] != RunFormat.IdentityMap)];
        var identityLeaf = new SchemaLeaf([RunFormat.IdentityMap], RunFormat.IdentityMapType);
        bool hasRecords = !records.IsEmpty && leaves.Count > 0;
        if (hasRecords) workspace.Execute("CREATE TABLE merged AS " + RecordMerge.Select(records, leaves, keepsOwnMemberships));
        var types = new RunTypes();
        FindDictionaries(types, identityLeaf, "frame", "identities");
        if (hasRecords)
            foreach (SchemaLeaf leaf in leaves) FindDictionaries(types, leaf, "merged", SqlText.Identifier(leaf.Name));
        else leaves = [];

        string columns = string.Concat(leaves.Select(l =>
            $", CAST(m.{SqlText.Identifier(l.Name)} AS {types.Type(l.Type, l.Name)}) AS {SqlText.Identifier(l.Name)}"));
        workspace.Execute($"""
            CREATE TABLE run.main.profile AS SELECT f.ordinal AS _ordinal, (f.place // {RunFormat.BlockRows})::INTEGER AS _block, f.updated AS _updated,
            f.record AS _record, f.sources AS _sources, CAST(f.identities AS {types.Type(identityLeaf.Type, identityLeaf.Name)}) AS "identityMap"{columns}
            FROM frame f {(hasRecords ? "LEFT JOIN merged m ON m.\"@place\" = f.place" : "")} ORDER BY f.place
            """);
        workspace.Execute("DROP TABLE IF EXISTS merged; DROP TABLE frame");
        return DataType.ObjectOf((hasRecords ? records.Schema.Fields.Where(f => f.Name != RunFormat.IdentityMap) : [])
            .Append(new Field(RunFormat.IdentityMap, RunFormat.IdentityMapType)));
    }

    private DataType WriteEvents(bool isPartial)
    {
        List<SchemaLeaf> leaves = [.. SchemaLeaf.Of(events.Schema)];
        if (events.IsEmpty)
        {
            workspace.Execute("CREATE TABLE run.main.event(_ordinal BIGINT, _block INTEGER, _row INTEGER, _ingested BIGINT)");
            return DataType.ObjectOf();
        }
        // A partial run picks few records out of many, so they are picked once; a full one would only be copied.
        workspace.Execute($"CREATE {(isPartial ? "TABLE" : "VIEW")} happened AS {events.Select(leaves)}");
        var types = new RunTypes();
        foreach (SchemaLeaf leaf in leaves) FindDictionaries(types, leaf, "happened", SqlText.Identifier(leaf.Name));
        string columns = string.Concat(leaves.Select(l =>
            $", CAST({SqlText.Identifier(l.Name)} AS {types.Type(l.Type, l.Name)}) AS {SqlText.Identifier(l.Name)}"));
        string time = leaves.Any(l => l.Name == "timestamp") ? "\"timestamp\", " : "";
        workspace.Execute($"""
            CREATE TABLE run.main.event AS SELECT muster_ordinal("@place") AS _ordinal, ("@place" // {RunFormat.BlockRows})::INTEGER AS _block,
            ("@place" % {RunFormat.BlockRows})::INTEGER AS _row, muster_ingested("@file") AS _ingested{columns}
            FROM happened ORDER BY "@place", {time}muster_arrival("@file", "@row")
            """);
        workspace.Execute($"DROP {(isPartial ? "TABLE" : "VIEW")} happened");
        return events.Schema;
    }

    private void FindDictionaries(RunTypes types, SchemaLeaf leaf, string relation, string column)
    {
        foreach ((string place, string values) in RunTypes.TextPlaces(leaf.Type, leaf.Name, column))
        {
            if (!FindDistinct(values, $"(SELECT {column} FROM {relation} LIMIT {SampleRows})")) continue;
            if (!FindDistinct(values, relation)) continue;
            string name = $"run.main.{SqlText.Identifier("d" + _dictionaries++)}";
            workspace.Execute($"CREATE TYPE {name} AS ENUM (SELECT v FROM dictionary WHERE v IS NOT NULL ORDER BY v)");
            types.UseEnum(place, name);
        }
    }

    private bool FindDistinct(string values, string relation)
    {
        workspace.Execute($"CREATE OR REPLACE TEMP TABLE dictionary AS SELECT DISTINCT {values} AS v FROM {relation}");
        return workspace.Scalar<long>("SELECT count(v) FROM dictionary") is > 0 and <= RunFormat.MaxDictionary;
    }
}
