using System.Collections;
using Muster.Storage.DuckDb;
using Muster.Storage.Files;
using Muster.Storage.Lake;

namespace Muster.Storage.Profiles;

/// <summary>Makes the next runs of one view: one with the profiles that changed, or one with all. One use.</summary>
internal sealed class ViewBuilder(
    DuckDbWorkspace workspace, string folder, MergeMethod method, ProfileSpace space, bool keepsOwnMemberships, DurableFiles files)
{
    // More runs make every scan and look-up slower. Compaction runs beside and sooner; this only bounds what it may fall behind.
    private const int MaxRuns = 32;

    /// <summary>Writes a run.</summary>
    /// <param name="current">The view before; null to make it anew from the lake.</param>
    /// <param name="batches">The batches of the next state.</param>
    /// <param name="touched">The profiles that changed.</param>
    /// <param name="name">Gives the name of the new file.</param>
    /// <param name="progress">Told the share that is done.</param>
    public ViewResult Build(OpenView? current, BatchKeys batches, TouchedProfiles touched, Func<string> name, IProgress<double>? progress)
    {
        BitArray changed = touched.Of(space.Type);
        long[] hidden = current is null ? [] : [.. Candidates(changed, touched).Where(o => current.Locate(o).Run >= 0)];
        // When most people changed, the rows that they leave behind would be scanned in vain until compaction. Within a block it does not matter.
        bool mostChanged = current?.ProfileCount > BlockLayout.MaxProfiles && hidden.Length > current.ProfileCount / 2;
        bool full = current is null || current.Runs.Count is 0 or >= MaxRuns || mostChanged;
        if (full) hidden = [];
        // What is left of a batch without files (it was withdrawn) is its name.
        IReadOnlyList<KeyedBatch> included = [.. batches.Batches.Where(b => b.Files.Count > 0 && method.Includes(b.Batch.DatasetId))];
        bool brings = included.Any(b => b.Files.Any(f => f.Fresh.AsSpan().ContainsAnyExceptInRange(int.MinValue, -1)));
        if (!full && hidden.Length == 0 && !brings) return new ViewResult(current!.View, []);

        List<LakeRows> rows = Rows(batches, included, full);
        if (full && rows.Count == 0) return new ViewResult(new ProfileView(method, [], 0), []);
        OldEvents? kept = full ? null : OldEvents.Take(
            workspace, folder, current!, hidden, included.ToDictionary(b => b.Batch.Sequence, b => b.Batch), batches.HasRemoved, touched.Erased);
        var plan = new MergePlan(rows, space, full ? null : changed, kept?.Counts ?? []);
        List<LakeRows> used = LakeRelation.Arrange(full ? rows : rows.Where(r => r.Places.AsSpan().ContainsAnyExcept(-1)));
        RunLookups.Register(workspace, used, plan, method);
        LakeRelation records = new(folder, used, events: false), events = new(folder, used, events: true);
        string file = name();
        long count = 0;
        files.Publish(Path.Combine(folder, file), temporary =>
            count = new RunWriter(workspace, plan, records, events, kept).Write(temporary, space, method, keepsOwnMemberships, hidden, progress));
        var run = new RunEntry(file, plan.Ordinals.Length, count, hidden.Length);
        ProfileView view = full
            ? new ProfileView(method, [run], plan.Ordinals.Length)
            : new ProfileView(method, [.. current!.View.Runs, run], current.ProfileCount - hidden.Length + plan.Ordinals.Length);
        return new ViewResult(view, plan.Ordinals);
    }

    private IEnumerable<long> Candidates(BitArray changed, TouchedProfiles touched)
    {
        var all = new HashSet<long>();
        for (int ordinal = 0; ordinal < changed.Length; ordinal++)
            if (changed[ordinal]) all.Add(ordinal);
        foreach (int ordinal in touched.Ended(space.Type)) all.Add(ordinal);
        return all;
    }

    // Records of all batches, for one may show where a newer one went; events of old batches come from the runs.
    private static List<LakeRows> Rows(BatchKeys batches, IReadOnlyList<KeyedBatch> included, bool full)
    {
        var rows = new List<LakeRows>();
        foreach (KeyedBatch batch in included.OrderBy(b => b.Batch.Sequence))
        {
            if (!full && batch.Batch.Behavior == DatasetBehavior.TimeSeries && batch.Files.All(f => f.Fresh is null)) continue;
            long first = RunFormat.Arrival(batch.Batch.Sequence, 0);
            foreach (KeyedFile file in batch.Files)
            {
                int[] all = batches.KeysOf(file);
                int[]? keys = full || batch.Batch.Behavior == DatasetBehavior.Record ? all : file.Fresh;
                first += all.Length;
                if (keys is null) continue;
                byte[] marks = batch.Batch.Behavior == DatasetBehavior.Record ? [] : batches.MarksOf(file);
                rows.Add(new LakeRows(batch.Batch, file.LakeFile, keys, marks) { FirstRow = first - all.Length });
            }
        }
        return rows;
    }
}

/// <summary>What became of a view.</summary>
/// <param name="View">The view.</param>
/// <param name="Changed">The profiles that were merged anew, increasing.</param>
internal sealed record ViewResult(ProfileView View, IReadOnlyList<long> Changed);
