using System.Collections;
using Muster.Storage.DuckDb;
using Muster.Storage.Files;
using Muster.Storage.Lake;

namespace Muster.Storage.Profiles;

/// <summary>
/// Whose the records of all batches of the next state are: keys of older batches are read when they are asked for, those of new ones are staged.
/// Tells which people have records that came or went. Memory: 4 bytes a record that is asked for.
/// </summary>
internal sealed class BatchKeys
{
    private readonly DuckDbWorkspace _workspace;
    private readonly string _folder;
    private readonly List<KeyedBatch> _batches;
    private readonly List<KeyedBatch> _removed;

    /// <param name="workspace">Reads and writes key files.</param>
    /// <param name="folder">The sandbox folder.</param>
    /// <param name="batches">The batches of the state before.</param>
    /// <param name="removed">The ids of those that go.</param>
    public BatchKeys(DuckDbWorkspace workspace, string folder, IReadOnlyList<AppliedBatch> batches, IReadOnlySet<string> removed)
    {
        _workspace = workspace;
        _folder = folder;
        ILookup<bool, KeyedBatch> all = batches.ToLookup(b => removed.Contains(b.Batch.BatchId), b => new KeyedBatch(b));
        _removed = [.. all[true]];
        _batches = [.. all[false]];
    }

    /// <summary>The batches of the next state in the order of their sequence.</summary>
    public IReadOnlyList<KeyedBatch> Batches => _batches;

    /// <summary>True if a batch of the state before goes.</summary>
    public bool HasRemoved => _removed.Count > 0;

    /// <summary>Stages a new batch, later than all others.</summary>
    public void Add(LakeBatch batch, IReadOnlyList<KeyedFile> files) => _batches.Add(new KeyedBatch(batch, files));

    /// <summary>The keys of a file.</summary>
    public int[] KeysOf(KeyedFile file) => file.Keys ??= KeyFile.Read(_workspace, Path.Combine(_folder, file.Path!));

    /// <summary>The marks of the events of a file.</summary>
    public byte[] MarksOf(KeyedFile file) => file.Marks ??= KeyFile.ReadMarks(_workspace, Path.Combine(_folder, file.Path!), KeysOf(file).Length);

    /// <summary>
    /// Finds the events of new batches that do not count; and, where batches or people went, those of old ones that count from now on, since what
    /// came before them is gone.
    /// </summary>
    public void MarkDuplicates(bool peopleWent)
    {
        var deduplication = new EventDeduplication(_workspace, _folder);
        foreach (IGrouping<string, KeyedBatch> dataset in _batches.Where(b => b.Batch.Behavior == DatasetBehavior.TimeSeries).GroupBy(b => b.Batch.DatasetId, StringComparer.Ordinal))
        {
            bool loses = peopleWent || _removed.Exists(r => r.Batch.DatasetId == dataset.Key);
            bool again = loses && dataset.Any(b => b.Duplicates > 0);
            List<KeyedFile> known = again ? [] : [.. dataset.Where(b => !b.IsNew).SelectMany(b => b.Files)];
            List<KeyedFile> added = [.. dataset.Where(b => again || b.IsNew).SelectMany(b => b.Files)];
            if (added.Count == 0) continue;
            int[][] before = [.. added.Select(KeysOf)];
            foreach (KeyedFile file in added)
            {
                file.Events ??= KeyFile.ReadEvents(_workspace, Path.Combine(_folder, file.Path!));
                MarksOf(file);
                if (again) file.Keys = Array.ConvertAll(file.Keys!, KeyFile.IdentityOf);
            }
            deduplication.Mark(added, known);
            for (int f = 0; f < added.Count; f++) added[f].Compare(before[f]);
        }
    }

    /// <summary>The primary identities of records that came, went or count from now on, by ordinal.</summary>
    /// <param name="identities">The number of identities.</param>
    public BitArray Touched(int identities)
    {
        var touched = new BitArray(identities);
        foreach (KeyedFile file in _removed.SelectMany(b => b.Files))
            foreach (int key in KeysOf(file))
                if (key >= 0) touched[key] = true;
        foreach (KeyedFile file in _batches.SelectMany(b => b.Files))
            foreach (int key in file.Fresh ?? [])
                if (key >= 0) touched[key] = true;
        return touched;
    }

    /// <summary>Writes the key files that are new.</summary>
    /// <param name="workspace">Writes them; used by nobody else.</param>
    /// <param name="name">Gives the name of a new file.</param>
    /// <param name="files">Makes the files last.</param>
    public IReadOnlyList<AppliedBatch> Save(DuckDbWorkspace workspace, Func<string> name, DurableFiles files)
    {
        foreach (KeyedFile file in _batches.SelectMany(b => b.Files).Where(f => f.Path is null))
        {
            file.Path = name();
            KeyFile.Write(workspace, Path.Combine(_folder, file.Path), file.Keys!, file.Events, file.Marks, files);
        }
        return [.. _batches.Select(b => b.ToApplied())];
    }
}
