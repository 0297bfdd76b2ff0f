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

    private readonly (string Namespace, string Id)[] _people = [.. erased.Select(graph.Identity)];
    private readonly HashSet<string> _scrubbed = [];

    /// <summary>
    /// The batches in which records of others named the people, and do so no more. What such a record says without them may be something else: what a rule
    /// kept apart it may link now.
    /// </summary>
    public IReadOnlySet<string> Scrubbed => _scrubbed;

    /// <summary>Writes the files of records that change, and gives their keys to the batches.</summary>
    /// <param name="batches">The batches of the next state.</param>
    public IReadOnlyList<ReplacedFile> RewriteRecords(BatchKeys batches)
    {
        workspace.Execute("CREATE OR REPLACE TABLE erased(identity BIGINT)");
        ChunkAppender.AppendAll(workspace.Connection, "erased", erased.Select(i => (long)i).ToArray());
        var replaced = new List<ReplacedFile>();
        foreach (KeyedBatch batch in batches.Batches)
        {
            var kept = new List<KeyedFile>();
            foreach (KeyedFile file in batch.Files)
            {
                int[] keys = batches.KeysOf(file);
                long[] rows = [.. Rows(keys)];
                // Of what never linked (products, the 21st identity of a record) only the records themselves tell.
                bool names = rows.Length < keys.Length && CountNaming(file) > rows.Length;
                if (rows.Length == 0 && !names)
                {
                    kept.Add(file);
                    continue;
                }
                LakeFile? written = rows.Length == keys.Length ? null : Write(file, rows, names);
                if (names) _scrubbed.Add(batch.Batch.BatchId);
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

    private long CountNaming(KeyedFile file) => workspace.Scalar<long>(
        $"SELECT count(*) FROM read_parquet({SqlText.Literal(Path.Combine(folder, file.LakeFile))}) WHERE {NamedPeople.Condition(_people)}");

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
        string columns = names ? $"* REPLACE ({NamedPeople.Without(_people)} AS \"identityMap\")" : "*";
        string query = $"SELECT {columns} FROM read_parquet({SqlText.Literal(source)}) WHERE file_row_number NOT IN (SELECT row FROM gone)";
        string path = Path.Combine(folder, relative);
        files.Publish(path, temporary => workspace.Execute($"COPY ({query}) TO {SqlText.Literal(temporary)} (FORMAT parquet, COMPRESSION zstd)"));
        long count = workspace.Scalar<long>($"SELECT count(*) FROM read_parquet({SqlText.Literal(path)})");
        return LakeFile.Describe(path, count) with { Path = relative };
    }
}
