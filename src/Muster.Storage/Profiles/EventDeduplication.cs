using Muster.Storage.DuckDb;

namespace Muster.Storage.Profiles;

/// <summary>
/// Finds the events of a dataset that do not count, since an earlier one has their <c>_id</c>: delivery is at least once (reference/ingestion.md,
/// section 3.4). Hashes tell the few candidates among millions; only those are compared as text. Memory: 4 bytes an added event, and the texts of
/// <see cref="TextsAtOnce"/> candidates.
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
        var seen = new SeenHashes(added.Sum(a => (long)a.Keys!.Length));
        var suspects = new HashSet<ulong>();
        foreach (KeyedFile file in added)
            foreach (ulong hash in file.Events!)
                if (hash != 0 && !seen.Add(hash)) suspects.Add(hash);
        List<(ulong Hash, int Row)>[] candidates = [.. known.Select(k => Candidates(k, seen))];
        AddShared(suspects, candidates, added);

        int parts = (suspects.Count / TextsAtOnce) + 1;
        for (int part = 0; part < parts && suspects.Count > 0; part++)
        {
            bool IsSuspect(ulong hash) => hash != 0 && (parts == 1 || (int)((hash >> 40) % (ulong)parts) == part) && suspects.Contains(hash);
            var texts = new HashSet<string>(StringComparer.Ordinal);
            for (int k = 0; k < known.Count; k++)
                foreach ((_, string text) in Texts(known[k].LakeFile, [.. candidates[k].Where(c => IsSuspect(c.Hash)).Select(c => (long)c.Row)])) texts.Add(text);
            foreach (KeyedFile file in added)
                foreach ((long row, string text) in Texts(file.LakeFile, Rows(file.Events!, IsSuspect)))
                    if (file.Keys![row] >= 0 && !texts.Add(text)) file.Keys[row] = KeyFile.Duplicate(file.Keys[row]);
        }
    }

    // The few of a file's hashes that may be those of added events.
    private List<(ulong Hash, int Row)> Candidates(KeyedFile file, SeenHashes seen)
    {
        var candidates = new List<(ulong Hash, int Row)>();
        void Receive(ReadOnlySpan<ulong> hashes, int first)
        {
            for (int i = 0; i < hashes.Length; i++)
                if (hashes[i] != 0 && seen.MayContain(hashes[i])) candidates.Add((hashes[i], first + i));
        }
        if (file.Events is { } events) Receive(events, 0);
        else KeyFile.ScanEvents(workspace, Path.Combine(folder, file.Path!), Receive);
        return candidates;
    }

    private static void AddShared(HashSet<ulong> suspects, IEnumerable<List<(ulong Hash, int Row)>> candidates, IReadOnlyList<KeyedFile> added)
    {
        HashSet<ulong> old = [.. candidates.SelectMany(c => c).Select(c => c.Hash)];
        if (old.Count == 0) return;
        foreach (KeyedFile file in added)
            foreach (ulong hash in file.Events!)
                if (old.Contains(hash)) suspects.Add(hash);
    }

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

    /// <summary>A bit for each hash that was seen; some hashes share one.</summary>
    private sealed class SeenHashes
    {
        private readonly ulong[] _words;
        private readonly ulong _mask;

        /// <param name="count">How many hashes will be seen.</param>
        public SeenHashes(long count)
        {
            _words = new ulong[Math.Clamp((long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)count) / 2, 1 << 15, 1 << 24)];
            _mask = ((ulong)_words.Length * 64) - 1;
        }

        /// <summary>False if the hash, or another with its bit, was seen before.</summary>
        public bool Add(ulong hash)
        {
            ref ulong word = ref _words[(hash & _mask) >> 6];
            ulong bit = 1UL << (int)(hash & 63);
            if ((word & bit) != 0) return false;
            word |= bit;
            return true;
        }

        public bool MayContain(ulong hash) => (_words[(hash & _mask) >> 6] & (1UL << (int)(hash & 63))) != 0;
    }
}
