using Muster.Storage.DuckDb;
using Muster.Storage.Files;
using Muster.Storage.Lake;
using Muster.Storage.Profiles;

namespace Muster.Storage.Exports;

/// <summary>
/// Writes lake files that no profile is made of (exports, and datasets that feed no profiles) anew without some people. They are told by
/// <c>identityMap</c>, or in exports without it by <see cref="ProfileExporter.IdentityField"/>: a file without either names nobody in a way that
/// could be recognised, and stays. One use.
/// </summary>
/// <param name="folder">The sandbox folder.</param>
/// <param name="people">All identities of the people.</param>
/// <param name="ordinals">The ordinals of these identities.</param>
/// <param name="files">Makes the files last.</param>
public sealed class FileErasure(
    string folder, IReadOnlyCollection<(string Namespace, string Id)> people, IReadOnlyCollection<int> ordinals, DurableFiles files)
{
    private readonly string _named = NamedPeople.Condition(people);
    private readonly string _numbered = $"coalesce({SqlText.Identifier(ProfileExporter.IdentityField)} IN ({string.Join(", ", ordinals.DefaultIfEmpty(-1))}), false)";

    /// <summary>Writes a file anew if it holds one of the people.</summary>
    /// <param name="workspace">Reads and writes.</param>
    /// <param name="batchId">Its batch.</param>
    /// <param name="file">Relative to the sandbox folder.</param>
    /// <returns>What takes its place; null if it stays.</returns>
    public ReplacedFile? Rewrite(DuckDbWorkspace workspace, string batchId, string file)
    {
        string source = SqlText.Literal(Path.Combine(folder, file));
        HashSet<string> columns = Columns(workspace, source);
        string? names = columns.Contains(RunFormat.IdentityMap) ? _named : columns.Contains(ProfileExporter.IdentityField) ? _numbered : null;
        if (names is null) return null;
        long all = workspace.Scalar<long>($"SELECT count(*) FROM read_parquet({source})");
        long kept = workspace.Scalar<long>($"SELECT count(*) FROM read_parquet({source}) WHERE NOT {names}");
        if (kept == all) return null;
        if (kept == 0) return new ReplacedFile(batchId, file, null);
        string relative = Path.Combine(Path.GetDirectoryName(file)!, $"{Guid.NewGuid():N}.parquet").Replace('\\', '/');
        string path = Path.Combine(folder, relative), left = $"SELECT * FROM read_parquet({source}) WHERE NOT {names}";
        files.Publish(path, temporary => workspace.Execute(
            $"COPY ({left}) TO {SqlText.Literal(temporary)} (FORMAT parquet, COMPRESSION zstd)"));
        return new ReplacedFile(batchId, file, LakeFile.Describe(path, kept) with { Path = relative });
    }

    // Those of the record itself: lists in it may have fields of the same names.
    private static HashSet<string> Columns(DuckDbWorkspace workspace, string source)
    {
        var columns = new HashSet<string>(StringComparer.Ordinal);
        using DuckDB.NET.Data.DuckDBDataReader reader = workspace.Query($"DESCRIBE SELECT * FROM read_parquet({source})");
        while (reader.Read()) columns.Add(reader.GetString(0));
        return columns;
    }
}
