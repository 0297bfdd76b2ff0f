using Muster.Storage.DuckDb;
using Muster.Storage.Files;
using Muster.Storage.Lake;
using Muster.Storage.Profiles;

namespace Muster.Storage.Exports;

/// <summary>
/// Writes lake files that no profile is made of (exports, and datasets that feed no profiles) anew without some people. They are told by
/// <c>identityMap</c>: a file without it names nobody in a way that could be recognised, and stays. One use.
/// </summary>
/// <param name="folder">The sandbox folder.</param>
/// <param name="people">All identities of the people.</param>
/// <param name="files">Makes the files last.</param>
public sealed class FileErasure(string folder, IReadOnlyCollection<(string Namespace, string Id)> people, DurableFiles files)
{
    private readonly string _names = NamedPeople.Condition(people);

    /// <summary>Writes a file anew if it holds one of the people.</summary>
    /// <param name="workspace">Reads and writes.</param>
    /// <param name="batchId">Its batch.</param>
    /// <param name="file">Relative to the sandbox folder.</param>
    /// <returns>What takes its place; null if it stays.</returns>
    public ReplacedFile? Rewrite(DuckDbWorkspace workspace, string batchId, string file)
    {
        string source = SqlText.Literal(Path.Combine(folder, file));
        if (workspace.Scalar<long>($"SELECT count(*) FROM parquet_schema({source}) WHERE name = 'identityMap'") == 0) return null;
        long all = workspace.Scalar<long>($"SELECT count(*) FROM read_parquet({source})");
        long kept = workspace.Scalar<long>($"SELECT count(*) FROM read_parquet({source}) WHERE NOT {_names}");
        if (kept == all) return null;
        if (kept == 0) return new ReplacedFile(batchId, file, null);
        string relative = Path.Combine(Path.GetDirectoryName(file)!, $"{Guid.NewGuid():N}.parquet").Replace('\\', '/');
        string path = Path.Combine(folder, relative), left = $"SELECT * FROM read_parquet({source}) WHERE NOT {_names}";
        files.Publish(path, temporary => workspace.Execute(
            $"COPY ({left}) TO {SqlText.Literal(temporary)} (FORMAT parquet, COMPRESSION zstd)"));
        return new ReplacedFile(batchId, file, LakeFile.Describe(path, kept) with { Path = relative });
    }
}
