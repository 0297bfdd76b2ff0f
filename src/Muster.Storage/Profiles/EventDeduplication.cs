using Muster.Storage.DuckDb;

namespace Muster.Storage.Profiles;

/// <summary>
/// Finds the events of a dataset that do not count, since an earlier one has their <c>_id</c>: delivery is at least once (reference/ingestion.md,
/// section 3.4). Hashes tell the few candidates among millions; only those are compared as text. Memory: 4 bytes an event looked at, and the texts
/// of <see cref="TextsAtOnce"/> candidates.
/// </summary>
/// <param name="workspace">Reads the files.</param>
/// <param name="folder">The sandbox folder.</param>
internal sealed class EventDeduplication(DuckDbWorkspace workspace, string folder)
{
    private const int TextsAtOnce = 1_000_000;

    /// <summary>SQL of the hash of a record's <c>_id</c>; 0 for none.</summary>
    public const string Hash = "CASE WHEN \"_id\" IS NULL THEN 0::UBIGINT ELSE hash(\"_id\") END";

    /// <summary>Sets the keys of the added events that do not count.</summary>
    /// <param name="added">Of one dataset, in the order of arrival; their keys are as if all counted.</param>
    /// <param name="known">Earlier files of the dataset, whose events stay as they are.</param>
    public void Mark(IReadOnlyList<KeyedFile> added, IReadOnlyList<KeyedFile> known)
    {
        HashSet<ulong> suspects = FindSuspects(added, known);
        int parts = (suspects.Count / TextsAtOnce) + 1;
        for (int part = 0; part < parts && suspects.Count > 0; part++)
        {
            bool IsSuspect(ulong hash) => hash != 0 && (parts == 1 || (int)((hash >> 40) % (ulong)parts) == part) && suspects.Contains(hash);
            var texts = new HashSet<string>(StringComparer.Ordinal);
            foreach (KeyedFile file in known)
                foreach ((_, string text) in Texts(file.LakeFile, Rows(Hashes(file), IsSuspect))) texts.Add(text);
            foreach (KeyedFile file in added)
                foreach ((long row, string text) in Texts(file.LakeFile, Rows(Hashes(file), IsSuspect)))
                    if (file.Keys![row] >= 0 && !texts.Add(text)) file.Keys[row] = KeyFile.Duplicate(file.Keys[row]);
        }
    }

    // A bit for each hash seen: one that is set already may be a second one.
    private HashSet<ulong> FindSuspects(IReadOnlyList<KeyedFile> added, IReadOnlyList<KeyedFile> known)
    {
        long count = added.Sum(a => (long)a.Keys!.Length);
        int words = (int)Math.Clamp((long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)count) / 2, 1024, 1 << 24);
        ulong[] seen = new ulong[words];
        ulong mask = ((ulong)words * 64) - 1;
        var suspects = new HashSet<ulong>();
        foreach (KeyedFile file in added)
        {
            foreach (ulong hash in file.Events!)
            {
                if (hash == 0) continue;
                ulong bit = hash & mask;
                ref ulong word = ref seen[bit >> 6];
                if ((word & (1UL << (int)(bit & 63))) != 0) suspects.Add(hash);
                else word |= 1UL << (int)(bit & 63);
            }
        }
        // Those that only share the bit with another stay in; the texts tell.
        foreach (KeyedFile file in known)
            foreach (ulong hash in Hashes(file))
                if (hash != 0 && (seen[(hash & mask) >> 6] & (1UL << (int)(hash & mask & 63))) != 0) suspects.Add(hash);
        return suspects;
    }

    private ulong[] Hashes(KeyedFile file) => file.Events ?? KeyFile.ReadEvents(workspace, Path.Combine(folder, file.Path!));

    private static List<long> Rows(ulong[] hashes, Predicate<ulong> isSuspect)
    {
        var rows = new List<long>();
        for (int row = 0; row < hashes.Length; row++)
            if (isSuspect(hashes[row])) rows.Add(row);
        return rows;
    }

    private IEnumerable<(long Row, string Text)> Texts(string lakeFile, List<long> rows)
    {
        if (rows.Count == 0) yield break;
        using DuckDbStream stream = workspace.Stream($"SELECT \"_id\" FROM read_parquet({SqlText.Literal(Path.Combine(folder, lakeFile))})");
        int next = 0;
        long first = 0;
        while (next < rows.Count && stream.Read())
        {
            for (; next < rows.Count && rows[next] < first + stream.Rows; next++) yield return (rows[next], Text(stream, (int)(rows[next] - first)));
            first += stream.Rows;
        }
    }

    private static string Text(DuckDbStream stream, int row) => System.Text.Encoding.UTF8.GetString(new VectorView(stream.Vector(0)).Text(row));
}
