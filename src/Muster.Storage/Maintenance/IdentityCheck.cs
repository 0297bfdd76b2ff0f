using DuckDB.NET.Data;
using Muster.Storage.DuckDb;
using Muster.Storage.Identity;
using Muster.Storage.Lake;
using Muster.Storage.Profiles;

namespace Muster.Storage.Maintenance;

/// <summary>
/// Whether identities, keys and links are those of the records in the lake: they are worked out again and compared. Counts what each identity
/// must have in the profiles.
/// </summary>
/// <param name="workspace">Reads files.</param>
/// <param name="folder">The sandbox folder.</param>
/// <param name="manifest">The state.</param>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class IdentityCheck(DuckDbWorkspace workspace, string folder, StoreManifest manifest, Findings findings)
{
    private readonly Dictionary<string, int[]> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool[]> _present = new(StringComparer.Ordinal);

    /// <summary>The identities; null if their files cannot be read.</summary>
    public IdentityGraph? Graph { get; private set; }

    /// <summary>By dataset, how many events of each identity count.</summary>
    public IReadOnlyDictionary<string, int[]> Events => _events;

    /// <summary>By dataset, which identities have a record or an event that counts.</summary>
    public IReadOnlyDictionary<string, bool[]> Present => _present;

    public void Run(CancellationToken cancellationToken)
    {
        try
        {
            Graph = IdentityFile.Load(manifest.IdentityFiles.Select(Absolute));
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            findings.Add("identity.damaged", "identity files", fault.Message);
            return;
        }

        findings.Count("identities", Graph.Identities.Count);
        if (Graph.Identities.Count != manifest.NextIdentityOrdinal)
            findings.Add("identity.count", "identity files", $"They hold {Graph.Identities.Count} identities; the manifest says {manifest.NextIdentityOrdinal}.");
        if (Graph.ProfileOrdinals != manifest.NextProfileOrdinal)
            findings.Add("identity.count", "identity files", $"They hold {Graph.ProfileOrdinals} profile ordinals; the manifest says {manifest.NextProfileOrdinal}.");
        var records = new RecordIdentities(Graph, manifest.Rules);
        var repeated = new RepeatedEvents(workspace, folder, [.. manifest.Batches.Select(b => b.Batch)]);
        int known = Graph.Identities.Count;
        foreach (AppliedBatch applied in manifest.Batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            records.ClearLinks();
            long duplicates = 0;
            for (int i = 0; i < Math.Min(applied.KeyFiles.Count, applied.Batch.Files.Count); i++)
                duplicates += Compare(applied.Batch, applied.Batch.Files[i], applied.KeyFiles[i], records, repeated, known, cancellationToken);
            if (duplicates != applied.Duplicates)
                findings.Add("event.duplicates", $"batch {applied.Batch.BatchId}", $"{duplicates} of its events do not count; the manifest says {applied.Duplicates}.");
            CompareLinks(applied.Batch.BatchId, records);
        }

        Graph.Rollback();
        CheckPeople(Graph);
    }

    private void CheckPeople(IdentityGraph graph)
    {
        try
        {
            int wrong = new PeopleCheck(workspace, graph, manifest, [.. manifest.LinkFiles.Select(l => Absolute(l.File))]).FirstWrong();
            if (wrong < 0) return;
            (string ns, string id) = graph.Identity(wrong);
            findings.Add("identity.person", "identity files", $"Links and rules say that {ns} {id} is of another person than the identity files do.");
        }
        catch (Exception fault) when (fault is DuckDBException or InvalidOperationException or IOException or InvalidDataException)
        {
            findings.Add("link.damaged", "link files", $"Who is whom cannot be worked out: {fault.Message}");
        }
    }

    /// <returns>The events that do not count.</returns>
    private long Compare(LakeBatch batch, string lake, string keyFile, RecordIdentities records, RepeatedEvents repeated, int known, CancellationToken cancellationToken)
    {
        try
        {
            bool areEvents = batch.Behavior == DatasetBehavior.TimeSeries;
            int[] keys = KeyFile.Read(workspace, Absolute(keyFile));
            RecordKeys expected;
            string sql = $"SELECT \"identityMap\"{(areEvents ? ", epoch_ms(\"timestamp\")" : "")} FROM read_parquet({SqlText.Literal(Absolute(lake))})";
            using (DuckDbStream stream = workspace.Stream(sql)) expected = records.Read(stream, batch.IngestedAt, cancellationToken);
            findings.Count("records", expected.Identities.Length);
            if (keys.Length != expected.Identities.Length)
                findings.Add("key.count", Place(keyFile), $"It has {keys.Length} keys for the {expected.Identities.Length} records of {lake}.");
            for (int row = 0; row < Math.Min(keys.Length, expected.Identities.Length); row++)
            {
                int key = KeyFile.IdentityOf(keys[row]);
                if (key < -1 || key >= known || expected.Identities[row] >= known)
                {
                    findings.Add("key.unknown", Place(keyFile), $"The identity of record {row} of {lake} is not known.");
                    return 0;
                }

                if (key != expected.Identities[row])
                {
                    findings.Add("key.wrong", Place(keyFile), $"Record {row} of {lake} is said to be of identity {key}; it is of {expected.Identities[row]}.");
                    return 0;
                }
            }

            if (areEvents) CompareMarks(lake, keyFile, expected.Marks);
            if (areEvents && repeated.FirstWrong(batch, lake, keys) is >= 0 and int wrong)
                findings.Add("key.repeat", Place(keyFile), $"Event {wrong} of {lake} is said to {(keys[wrong] < -1 ? "" : "not ")}repeat an earlier one.");
            return Note(batch, keys, known, areEvents);
        }
        catch (Exception fault) when (fault is DuckDBException or InvalidOperationException or IOException or InvalidDataException)
        {
            findings.Add("key.damaged", Place(keyFile), $"It cannot be compared with {lake}: {fault.Message}");
            return 0;
        }
    }

    // A map that is kept whole needs no mark: erasure may have left one identity of several.
    private void CompareMarks(string lake, string keyFile, byte[] expected)
    {
        byte[] marks = KeyFile.ReadMarks(workspace, Absolute(keyFile), expected.Length);
        for (int row = 0; row < Math.Min(marks.Length, expected.Length); row++)
        {
            if (marks[row] == IdentityMark.Whole || marks[row] == expected[row]) continue;
            findings.Add("key.mark", Place(keyFile), $"The identity map of record {row} of {lake} is not what its mark says.");
            return;
        }
    }

    private long Note(LakeBatch batch, int[] keys, int known, bool areEvents)
    {
        if (!_present.TryGetValue(batch.DatasetId, out bool[]? present)) _present.Add(batch.DatasetId, present = new bool[known]);
        if (!_events.TryGetValue(batch.DatasetId, out int[]? events)) _events.Add(batch.DatasetId, events = new int[known]);
        long duplicates = 0;
        foreach (int key in keys)
        {
            if (key < -1) duplicates++;
            if (key < 0) continue;
            present[key] = true;
            if (areEvents) events[key]++;
        }

        return duplicates;
    }

    private void CompareLinks(string batchId, RecordIdentities records)
    {
        var expected = records.Links.ToHashSet();
        string[] files = [.. manifest.LinkFiles.Where(l => l.BatchId == batchId).Select(l => l.File)];
        try
        {
            var stored = new HashSet<Link>();
            foreach (string file in files)
            {
                using DuckDBDataReader reader = workspace.Query($"SELECT first, second, time FROM ({LinkFile.Select([Absolute(file)])})");
                while (reader.Read()) stored.Add(new Link((int)reader.GetInt64(0), (int)reader.GetInt64(1), reader.GetInt64(2)));
            }

            findings.Count("links", stored.Count);
            if (!stored.SetEquals(expected))
                findings.Add("link.wrong", files.Length > 0 ? Place(files[0]) : $"batch {batchId}", $"{stored.Count} links are stored; the records of the batch make {expected.Count}, or others, or at other times.");
        }
        catch (Exception fault) when (fault is DuckDBException or InvalidOperationException or IOException)
        {
            findings.Add("link.damaged", Place(files[0]), $"It cannot be read: {fault.Message}");
        }
    }

    private string Absolute(string file) => Path.Combine(folder, file);

    private string Place(string file) => $"sandboxes/{Path.GetFileName(folder)}/{file}";
}
