using System.Text;
using System.Text.Json;
using DuckDB.NET.Data;
using Muster.Storage.DuckDb;
using Muster.Storage.Files;
using Muster.Storage.Profiles;

namespace Muster.Storage.Lake;

/// <summary>
/// Takes people out of files that are no lake files yet, or never will be: uploads of open batches, told by <c>identityMap</c>, and records that failed,
/// told by any text, since what is wrong with them may be the map. Not thread-safe.
/// </summary>
/// <param name="people">All identities of the people.</param>
/// <param name="files">Makes files last.</param>
public sealed class ArrivalErasure(IReadOnlyCollection<(string Namespace, string Id)> people, DurableFiles files)
{
    private readonly byte[][] _ids = [.. people.Select(p => Encoding.UTF8.GetBytes(p.Id))];

    /// <summary>Writes an upload anew without records that name the people. CSV has no identity map, and stays as it is.</summary>
    /// <param name="workspace">Reads Parquet.</param>
    /// <param name="source">The upload.</param>
    /// <param name="target">What takes its place.</param>
    /// <param name="format">As its batch says.</param>
    /// <returns>True if there is something to take its place.</returns>
    public bool RewriteUpload(DuckDbWorkspace workspace, string source, string target, InputFormat format)
    {
        if (IsParquet(source)) return RewriteParquet(workspace, source, target);
        if (format is InputFormat.Csv or InputFormat.Parquet) return false;
        try
        {
            return Rewrite(source, target, format, IsNamedInMap);
        }
        catch (InvalidDataException)
        {
            // Nobody can read it; the load will say so.
            return false;
        }
    }

    /// <summary>Takes the people out of a file of failed records, at once.</summary>
    public void RewriteFailed(string path) => Rewrite(path, path, InputFormat.JsonLines, IsNamedAnywhere);

    private bool Rewrite(string source, string target, InputFormat format, Func<byte[], bool> isNamed)
    {
        if (!Records(source, format).Any(r => isNamed(r))) return false;
        bool isArray = format == InputFormat.JsonArray || BeginsAsArray(source, format);
        files.Publish(target, temporary =>
        {
            using var output = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
            bool isFirst = true;
            if (isArray) output.WriteByte((byte)'[');
            foreach (byte[] record in Records(source, format))
            {
                if (isNamed(record)) continue;
                if (isArray && !isFirst) output.WriteByte((byte)',');
                output.Write(record);
                output.WriteByte((byte)'\n');
                isFirst = false;
            }

            if (isArray) output.WriteByte((byte)']');
        });
        return true;
    }

    // Objects that follow each other are read in either way; elements of an array may span lines.
    private static bool BeginsAsArray(string source, InputFormat format) => Records(source, format).Any(r => r.AsSpan().Contains((byte)'\n'));

    private static IEnumerable<byte[]> Records(string path, InputFormat format)
    {
        foreach (RecordChunk chunk in RecordFile.Read(path, format))
        {
            using (chunk)
            {
                for (int i = 0; i < chunk.Count; i++) yield return chunk[i].ToArray();
            }
        }
    }

    private bool IsNamedInMap(byte[] record)
    {
        if (!MayName(record)) return false;
        try
        {
            using JsonDocument document = JsonDocument.Parse(record);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("identityMap", out JsonElement map)
                && map.ValueKind == JsonValueKind.Object && map.EnumerateObject().Any(n => IsNamed(n.Name, n.Value));
        }
        catch (JsonException)
        {
            return IsNamedAnywhere(record);
        }
    }

    private bool IsNamed(string ns, JsonElement items) => items.ValueKind == JsonValueKind.Array && items.EnumerateArray().Any(item =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty("id", out JsonElement id) && id.ValueKind == JsonValueKind.String
        && people.Any(p => ns.Equals(p.Namespace, StringComparison.OrdinalIgnoreCase) && id.ValueEquals(p.Id)));

    private bool IsNamedAnywhere(byte[] record)
    {
        if (!MayName(record)) return false;
        try
        {
            using JsonDocument document = JsonDocument.Parse(record);
            return IsNamedIn(document.RootElement, isQuoted: false);
        }
        catch (JsonException)
        {
            return ContainsId(record);
        }
    }

    // Messages and what is no JSON quote the record: there the text is somewhere inside.
    private bool IsNamedIn(JsonElement element, bool isQuoted) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Any(f =>
            people.Any(p => p.Id == f.Name) || IsNamedIn(f.Value, isQuoted || f.Name is "_errors" or "_corrupt_record")),
        JsonValueKind.Array => element.EnumerateArray().Any(item => IsNamedIn(item, isQuoted)),
        JsonValueKind.String when isQuoted => people.Any(p => element.GetString()!.Contains(p.Id, StringComparison.Ordinal)),
        JsonValueKind.String => people.Any(p => element.ValueEquals(p.Id)),
        JsonValueKind.Number => people.Any(p => element.GetRawText() == p.Id),
        _ => false,
    };

    // Most records name none of them and hold no escape that could hide one.
    private bool MayName(byte[] record) => record.AsSpan().Contains((byte)'\\') || ContainsId(record);

    private bool ContainsId(byte[] record)
    {
        foreach (byte[] id in _ids)
            if (record.AsSpan().IndexOf(id) >= 0) return true;
        return false;
    }

    private bool RewriteParquet(DuckDbWorkspace workspace, string source, string target)
    {
        string relation = $"read_parquet({SqlText.Literal(source)})", condition = NamedPeople.Condition(people);
        try
        {
            if (workspace.Scalar<long>($"SELECT count(*) FROM {relation} WHERE {condition}") == 0) return false;
        }
        catch (DuckDBException)
        {
            // It has no such map, or is damaged: as it is it names nobody, and the load will say what it thinks of it.
            return false;
        }

        files.Publish(target, temporary => workspace.Execute(
            $"COPY (SELECT * FROM {relation} WHERE NOT {condition}) TO {SqlText.Literal(temporary)} (FORMAT parquet, COMPRESSION zstd)"));
        return true;
    }

    private static bool IsParquet(string path)
    {
        Span<byte> start = stackalloc byte[4];
        using FileStream file = File.OpenRead(path);
        return file.ReadAtLeast(start, 4, throwOnEndOfStream: false) == 4 && start.SequenceEqual("PAR1"u8);
    }
}
