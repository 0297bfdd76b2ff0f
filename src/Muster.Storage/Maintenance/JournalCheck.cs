using Muster.Storage.ControlPlane;
using Muster.Storage.Profiles;

namespace Muster.Storage.Maintenance;

/// <summary>Whether journal, batches and manifest say the same.</summary>
internal static class JournalCheck
{
    public static void Run(SandboxRows rows, Findings findings)
    {
        long expected = 1;
        foreach ((long number, _) in rows.Journal)
        {
            if (number != expected) findings.Add("journal.gap", $"journal entry {number}", $"Entry {expected} should be here.");
            expected = number + 1;
        }

        findings.Count("journal entries", rows.Journal.Count);
        findings.Count("batches", rows.Batches.Count);
        foreach (Batch batch in rows.Batches.Where(b => b.Status == BatchStatus.Success))
        {
            if (!rows.Committed.Contains(batch.Id))
                findings.Add("batch.unjournaled", $"batch {batch.Id}", "It is a success, but no journal entry brought it.");
            if (batch.Sequence >= expected || batch.Sequence < 1)
                findings.Add("batch.sequence", $"batch {batch.Id}", $"It names journal entry {batch.Sequence}, which is not there.");
        }

        if (rows.Manifest is { } manifest) Compare(rows, manifest.Profiles, expected - 1, findings);
    }

    private static void Compare(SandboxRows rows, StoreManifest manifest, long lastEntry, Findings findings)
    {
        if (manifest.Watermark > lastEntry)
            findings.Add("manifest.watermark", "manifest", $"It stands at journal entry {manifest.Watermark}, but the last is {lastEntry}.");
        Dictionary<string, Batch> batches = rows.Batches.ToDictionary(b => b.Id, StringComparer.Ordinal);
        var sequences = new HashSet<long>();
        foreach (AppliedBatch applied in manifest.Batches)
        {
            LakeBatch batch = applied.Batch;
            string place = $"batch {batch.BatchId}";
            if (!sequences.Add(batch.Sequence)) findings.Add("manifest.sequence", place, $"Another batch has its sequence {batch.Sequence}.");
            if (applied.KeyFiles.Count != batch.Files.Count)
                findings.Add("manifest.keys", place, $"It has {batch.Files.Count} files and {applied.KeyFiles.Count} files of keys.");
            if (!batches.TryGetValue(batch.BatchId, out Batch? row) || row.Status != BatchStatus.Success)
            {
                findings.Add("batch.unknown", place, $"Profiles are made of it, but it is {row?.Status ?? "not there"}.");
                continue;
            }

            if (row.DatasetId != batch.DatasetId) findings.Add("batch.dataset", place, $"Profiles have it in dataset {batch.DatasetId}, its row in {row.DatasetId}.");
            // A batch of a dataset that is no part of profiles is applied without files.
            if (batch.Files.Count > 0 && !batch.Files.Order(StringComparer.Ordinal).SequenceEqual(rows.Files[row.Id].Where(f => f.Rows > 0).Select(f => f.Path).Order(StringComparer.Ordinal)))
                findings.Add("batch.files", place, "Its row and the manifest name different files.");
        }

        HashSet<string> known = [.. manifest.Batches.Select(b => b.Batch.BatchId)];
        foreach (Batch batch in rows.Batches.Where(b => b.Status == BatchStatus.Success && b.Id.Length == BatchIdLength && !known.Contains(b.Id)))
            findings.Add("batch.unapplied", $"batch {batch.Id}", "It is a success, but no profile knows of it.");
    }

    // Batches of exports have longer ids, and are no source of profiles.
    private const int BatchIdLength = 26;
}
