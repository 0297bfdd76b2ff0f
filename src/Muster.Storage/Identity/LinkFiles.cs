using DuckDB.NET.Data;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Identity;

/// <summary>The links of a state: those of its link files, and those of a change that has not been written yet.</summary>
/// <param name="workspace">Reads the files.</param>
/// <param name="files">Paths of the link files of all batches that are in, or that come in and were written.</param>
/// <param name="staged">Links that are in no file.</param>
internal sealed class LinkFiles(DuckDbWorkspace workspace, IReadOnlyCollection<string> files, IReadOnlyCollection<Link>? staged = null) : ILinkSource
{
    /// <inheritdoc/>
    public IReadOnlyList<Link> Among(IReadOnlyCollection<int> identities)
    {
        IReadOnlySet<int> wanted = identities as IReadOnlySet<int> ?? identities.ToHashSet();
        var times = new Dictionary<(int, int), long>();
        foreach (Link link in staged ?? [])
            if (wanted.Contains(link.First) || wanted.Contains(link.Second)) Add(link);
        if (files.Count > 0 && identities.Count > 0)
        {
            workspace.Execute("CREATE OR REPLACE TEMP TABLE wanted(identity BIGINT)");
            ChunkAppender.AppendAll(workspace.Connection, "wanted", identities.Select(i => (long)i).ToArray());
            using (DuckDBDataReader reader = workspace.Query(
                $"SELECT first, second, max(time) FROM ({LinkFile.Select(files)}) "
                + "WHERE first IN (SELECT identity FROM wanted) OR second IN (SELECT identity FROM wanted) GROUP BY first, second"))
            {
                while (reader.Read()) Add(new Link((int)reader.GetInt64(0), (int)reader.GetInt64(1), reader.GetInt64(2)));
            }
            workspace.Execute("DROP TABLE wanted");
        }
        return [.. times.Select(t => new Link(t.Key.Item1, t.Key.Item2, t.Value))];

        void Add(Link link) => times[(link.First, link.Second)] = Math.Max(link.Time, times.GetValueOrDefault((link.First, link.Second), long.MinValue));
    }
}
