using DuckDB.NET.Data;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Profiles;

/// <summary>
/// The events that a new run takes over from older ones, as the table <c>kept</c> of a workspace: <c>@identity</c>, <c>@mark</c>,
/// <c>@arrival</c> and
/// the columns of <see cref="Schema"/>. So a change of few people need not read the events of all from the lake.
/// </summary>
internal sealed class OldEvents
{
    private OldEvents(DataType schema, bool hasWholeMaps, IReadOnlyList<KeptEvents> counts)
    {
        Schema = schema;
        HasWholeMaps = hasWholeMaps;
        Counts = counts;
    }

    /// <summary>The fields of the events.</summary>
    public DataType Schema { get; }

    /// <summary>True if there may be an identity map that its mark does not tell.</summary>
    public bool HasWholeMaps { get; }

    /// <summary>How many there are of each identity and batch.</summary>
    public IReadOnlyList<KeptEvents> Counts { get; }

    /// <summary>Takes the events of some profiles.</summary>
    /// <param name="workspace">Gets the table.</param>
    /// <param name="folder">The sandbox folder.</param>
    /// <param name="view">The older runs.</param>
    /// <param name="hidden">The profiles: ordinals that count in the view.</param>
    /// <param name="batches">The batches that stay, by sequence; events of others are left.</param>
    /// <param name="batchesWent">Whether there are others.</param>
    /// <param name="erased">Identities whose events are left.</param>
    public static OldEvents Take(
        DuckDbWorkspace workspace, string folder, OpenView view, IReadOnlyList<long> hidden, IReadOnlyDictionary<long, LakeBatch> batches, bool batchesWent,
        IReadOnlySet<int> erased)
    {
        List<long>[] places = [.. view.Runs.Select(_ => new List<long>())];
        foreach (long ordinal in hidden)
        {
            (int run, int place) = view.Locate(ordinal);
            places[run].Add(place);
        }
        int[] used = [.. Enumerable.Range(0, places.Length).Where(r => places[r].Count > 0 && view.Runs[r].Events > 0)];
        DataType schema = used.Aggregate(DataType.ObjectOf(), (all, r) => SchemaLeaf.Unite(all, view.Runs[r].EventType));
        List<SchemaLeaf> leaves = [.. SchemaLeaf.Of(schema)];
        string columns = string.Concat(leaves.Select(l => $", {SqlText.Identifier(l.Name)} {SqlText.Type(l.Type)}"));
        workspace.Execute($"CREATE TABLE kept(\"@identity\" INTEGER, \"@mark\" UTINYINT, \"@arrival\" BIGINT{columns}); CREATE TABLE stays(batch BIGINT); CREATE TABLE erased(identity BIGINT)");
        ChunkAppender.AppendAll(workspace.Connection, "stays", batches.Keys.ToArray());
        ChunkAppender.AppendAll(workspace.Connection, "erased", erased.Select(i => (long)i).ToArray());
        // Each condition is a join with all events of a run.
        string stays = batchesWent ? $" AND {RunFormat.BatchOfEvent} IN (SELECT batch FROM stays)" : "";
        string left = erased.Count > 0 ? " AND _identity NOT IN (SELECT identity FROM erased)" : "";
        foreach (int run in used)
        {
            RunFile file = view.Runs[run];
            workspace.Execute($"ATTACH {SqlText.Literal(Path.Combine(folder, file.File))} AS old{run} (READ_ONLY); CREATE OR REPLACE TABLE place(place BIGINT)");
            ChunkAppender.AppendAll(workspace.Connection, "place", places[run].ToArray());
            string values = string.Concat(leaves.Select(l => ", " + l.FlatExpression(file.StoredEventType)));
            workspace.Execute($"""
                INSERT INTO kept SELECT _identity, _mark, _arrival{values} FROM old{run}.event
                WHERE _place IN (SELECT place::INTEGER FROM place){stays}{left};
                DETACH old{run}
                """);
        }
        var counts = new List<KeptEvents>();
        using DuckDBDataReader reader = workspace.Query("SELECT \"@identity\", \"@arrival\" >> 32, count(*) FROM kept GROUP BY ALL");
        while (reader.Read()) counts.Add(new KeptEvents(reader.GetInt32(0), batches[reader.GetInt64(1)], (int)reader.GetInt64(2)));
        bool hasWholeMaps = used.Any(r => view.Runs[r].StoredEventType.TryGetField(RunFormat.IdentityMap, out _));
        return new OldEvents(schema, hasWholeMaps, counts);
    }

    /// <summary>Makes the table <c>kept_place</c> of the identities' places in a plan.</summary>
    public void Place(DuckDbWorkspace workspace, MergePlan plan)
    {
        workspace.Execute("CREATE TABLE kept_place(identity BIGINT, place BIGINT)");
        long[] identities = [.. Counts.Select(c => (long)c.Identity).Distinct()];
        ChunkAppender.AppendAll(workspace.Connection, "kept_place", identities, Array.ConvertAll(identities, i => (long)plan.PlaceOf((int)i)));
    }
}
