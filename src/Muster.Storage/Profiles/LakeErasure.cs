using Muster.Storage.DuckDb;
using Muster.Storage.Files;
using Muster.Storage.Identity;
using Muster.Storage.Lake;

namespace Muster.Storage.Profiles;

/// <summary>
/// Writes lake and link files anew without the records of people who are forgotten, and without their ids in the records of others. One use.
/// </summary>
/// <param name="workspace">Reads and writes.</param>
/// <param name="folder">The sandbox folder.</param>
/// <param name="graph">The texts of the identities: what is staged may not have taken them away yet.</param>
/// <param name="erased">All identities of these people.</param>
/// <param name="files">Makes the files last.</param>
internal sealed class LakeErasure(DuckDbWorkspace workspace, string folder, IdentityGraph graph, IReadOnlySet<int> erased, DurableFiles files)
{
    private const string NamesErased = "first IN (SELECT identity FROM erased) OR second IN (SELECT identity FROM erased)";

    /// <summary>Writes the files of records that change, and gives their keys to the batches.</summary>
    /// <param name="batches">The batches of the next state.</param>
    /// <param name="links">Their links: they tell which batches name the people in records of others.</param>
    public IReadOnlyList<ReplacedFile> RewriteRecords(BatchKeys batches, IReadOnlyList<LinkEntry> links)
    {
        workspace.Execute("CREATE OR REPLACE TABLE erased(identity BIGINT)");
        ChunkAppender.AppendAll(workspace.Connection, "erased", erased.Select(i => (long)i).ToArray());
        HashSet<string> naming = [.. links.Where(l => Names(l.File)).Select(l => l.BatchId)];
        var replaced = new List<ReplacedFile>();
        foreach (KeyedBatch batch in batches.Batches)
        {
            var kept = new List<KeyedFile>();
            foreach (KeyedFile file in batch.Files)
            {
                int[] keys = batches.KeysOf(file);
                long[] rows = [.. Rows(keys)];
                if (rows.Length == 0 && !naming.Contains(batch.Batch.BatchId))
                {
                    kept.Add(file);
                    continue;
                }
                LakeFile? written = rows.Length == keys.Length ? null : Write(file, rows, naming.Contains(batch.Batch.BatchId));
                replaced.Add(new ReplacedFile(batch.Batch.BatchId, file.LakeFile, written));
                if (written is not null) kept.Add(Without(batches, file, written.Path, rows));
            }
            batch.Files = kept;
        }
        return replaced;
    }

    /// <summary>Writes the link files that change; the links of the next state.</summary>
    /// <param name="links">The links so far.</param>
    /// <param name="name">Gives the name of a new file.</param>
    public List<LinkEntry> RewriteLinks(IReadOnlyList<LinkEntry> links, Func<string> name)
    {
        var next = new List<LinkEntry>();
        foreach (LinkEntry link in links)
        {
            if (!Names(link.File))
            {
                next.Add(link);
                continue;
            }
            string source = SqlText.Literal(Path.Combine(folder, link.File)), file = name();
            if (workspace.Scalar<long>($"SELECT count(*) FROM read_parquet({source}) WHERE NOT ({NamesErased})") == 0) continue;
            files.Publish(Path.Combine(folder, file), temporary => workspace.Execute(
                $"COPY (SELECT * FROM read_parquet({source}) WHERE NOT ({NamesErased})) TO {SqlText.Literal(temporary)} (FORMAT parquet, COMPRESSION zstd)"));
            next.Add(link with { File = file });
        }
        return next;
    }

    private bool Names(string linkFile) =>
        workspace.Scalar<long>($"SELECT count(*) FROM read_parquet({SqlText.Literal(Path.Combine(folder, linkFile))}) WHERE {NamesErased}") > 0;

    private IEnumerable<long> Rows(int[] keys)
    {
        for (int row = 0; row < keys.Length; row++)
            if (erased.Contains(KeyFile.IdentityOf(keys[row]))) yield return row;
    }

    private KeyedFile Without(BatchKeys batches, KeyedFile file, string lakeFile, long[] rows)
    {
        ulong[] events = file.Events ?? KeyFile.ReadEvents(workspace, Path.Combine(folder, file.Path!));
        byte[] marks = batches.MarksOf(file);
        var gone = new HashSet<long>(rows);
        int[] keys = batches.KeysOf(file);
        return new KeyedFile(lakeFile)
        {
            Keys = [.. keys.Where((_, row) => !gone.Contains(row))],
            Events = [.. events.Where((_, row) => !gone.Contains(row))],
            Marks = [.. marks.Where((_, row) => !gone.Contains(row))],
        };
    }

    private LakeFile Write(KeyedFile file, long[] rows, bool names)
    {
        string source = Path.Combine(folder, file.LakeFile);
        string relative = Path.Combine(Path.GetDirectoryName(file.LakeFile)!, $"{Guid.NewGuid():N}.parquet").Replace('\\', '/');
        workspace.Execute("CREATE OR REPLACE TABLE gone(row BIGINT)");
        ChunkAppender.AppendAll(workspace.Connection, "gone", rows);
        string columns = names ? $"* REPLACE ({Scrubbed()} AS \"identityMap\")" : "*";
        string query = $"SELECT {columns} FROM read_parquet({SqlText.Literal(source)}) WHERE file_row_number NOT IN (SELECT row FROM gone)";
        string path = Path.Combine(folder, relative);
        files.Publish(path, temporary => workspace.Execute($"COPY ({query}) TO {SqlText.Literal(temporary)} (FORMAT parquet, COMPRESSION zstd)"));
        long count = workspace.Scalar<long>($"SELECT count(*) FROM read_parquet({SqlText.Literal(path)})");
        return LakeFile.Describe(path, count) with { Path = relative };
    }

    // The map without the erased ids; a namespace of which none is left goes too.
    private string Scrubbed()
    {
        string texts = SqlText.Literals(erased.Select(graph.Identity).Select(i => i.Namespace.ToUpperInvariant() + ":" + i.Id));
        return "map_from_entries(list_filter(list_transform(map_entries(\"identityMap\"), e -> struct_pack(k := e.key, v := list_filter(e.value, "
            + $"i -> NOT list_contains({texts}, upper(e.key) || ':' || i.id)))), e -> len(e.v) > 0))";
    }
}
