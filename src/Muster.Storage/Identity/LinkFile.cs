using DuckDB.NET.Data;
using Muster.Storage.DuckDb;
using Muster.Storage.Files;

namespace Muster.Storage.Identity;

/// <summary>
/// The links that the records of one batch make, as Parquet: identities <c>first</c> and <c>second</c>, the smaller ordinal first, <c>time</c>
/// (milliseconds), <c>dataset</c>, <c>batch</c>, <c>established</c> (when the batch was ingested, milliseconds). A pair is there once. Files of
/// the first version have no <c>time</c>: that of the batch counts.
/// </summary>
internal static class LinkFile
{
    /// <summary>Writes a file, durably.</summary>
    /// <param name="workspace">Any; nothing stays in it.</param>
    /// <param name="path">The file's path.</param>
    /// <param name="links">Each pair once.</param>
    /// <param name="datasetId">The batch's dataset.</param>
    /// <param name="batchId">The batch.</param>
    /// <param name="ingestedAt">When it was ingested, in milliseconds since the epoch.</param>
    /// <param name="files">Makes the file last.</param>
    public static void Write(DuckDbWorkspace workspace, string path, IReadOnlyCollection<Link> links, string datasetId, string batchId, long ingestedAt, DurableFiles files)
    {
        Link[] ordered = [.. links.OrderBy(l => l.First).ThenBy(l => l.Second)];
        workspace.Execute("CREATE OR REPLACE TEMP TABLE link(first BIGINT, second BIGINT, time BIGINT)");
        ChunkAppender.AppendAll(
            workspace.Connection, "link", Array.ConvertAll(ordered, l => (long)l.First), Array.ConvertAll(ordered, l => (long)l.Second), Array.ConvertAll(ordered, l => l.Time));
        files.Publish(path, temporary => workspace.Execute(
            $"COPY (SELECT first, second, time, {SqlText.Literal(datasetId)} AS dataset, {SqlText.Literal(batchId)} AS batch, {ingestedAt}::BIGINT AS established FROM link) "
            + $"TO {SqlText.Literal(temporary)} (FORMAT parquet, COMPRESSION zstd)"));
        workspace.Execute("DROP TABLE link");
    }

    /// <summary>Stages in a graph that files are no more.</summary>
    /// <param name="workspace">Any; nothing stays in it.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="removed">Paths of the files that the next state does not have.</param>
    /// <param name="remaining">Paths of those that it has.</param>
    public static void Unlink(DuckDbWorkspace workspace, IdentityGraph graph, IReadOnlyCollection<string> removed, IReadOnlyCollection<string> remaining)
    {
        if (removed.Count == 0) return;
        graph.Unlink(OnlyIn(workspace, removed, remaining));
        // A link that others still hold may be older now, which counts where times decide.
        if (!graph.Groups.IsEmpty) graph.Retime(Pairs(workspace, Distinct(removed)));
    }

    /// <summary>The pairs that some of the removed files have and none of the remaining ones.</summary>
    public static List<(int First, int Second)> OnlyIn(DuckDbWorkspace workspace, IReadOnlyCollection<string> removed, IReadOnlyCollection<string> remaining)
    {
        if (removed.Count == 0) return [];
        return Pairs(workspace, Distinct(removed) + (remaining.Count == 0 ? "" : " EXCEPT " + Distinct(remaining)));
    }

    /// <summary>The pairs of files; one may come several times. Read while it is enumerated.</summary>
    public static IEnumerable<(int First, int Second)> All(DuckDbWorkspace workspace, IReadOnlyCollection<string> files)
    {
        if (files.Count == 0) yield break;
        using DuckDbStream stream = workspace.Stream($"SELECT first, second FROM read_parquet({SqlText.Literals(files)})");
        while (stream.Read())
            for (int row = 0; row < stream.Rows; row++)
                yield return ((int)new VectorView(stream.Vector(0)).Value<long>(row), (int)new VectorView(stream.Vector(1)).Value<long>(row));
    }

    /// <summary>A query for the links of files of any version: <c>first</c>, <c>second</c>, <c>time</c>, <c>dataset</c>, <c>batch</c>.</summary>
    public static string Select(IReadOnlyCollection<string> files) =>
        $"SELECT first, second, coalesce(time, established) AS time, dataset, batch FROM (FROM read_parquet({SqlText.Literals(files)}, union_by_name = true) "
        + "UNION ALL BY NAME SELECT NULL::BIGINT AS time WHERE false)";

    private static string Distinct(IReadOnlyCollection<string> files) => $"SELECT DISTINCT first, second FROM read_parquet({SqlText.Literals(files)})";

    private static List<(int First, int Second)> Pairs(DuckDbWorkspace workspace, string query)
    {
        var pairs = new List<(int, int)>();
        using DuckDBDataReader reader = workspace.Query(query);
        while (reader.Read()) pairs.Add(((int)reader.GetInt64(0), (int)reader.GetInt64(1)));
        return pairs;
    }
}
