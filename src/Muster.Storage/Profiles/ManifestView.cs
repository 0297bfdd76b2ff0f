namespace Muster.Storage.Profiles;

/// <summary>A manifest whose runs are open: which profile is where, and which rows no longer count. Immutable.</summary>
internal sealed class ManifestView
{
    private readonly ulong[]?[] _alive;

    public ManifestView(StoreManifest manifest, IReadOnlyList<RunFile> runs)
    {
        Manifest = manifest;
        Runs = runs;
        _alive = new ulong[runs.Count][];
        for (int older = 0; older < runs.Count; older++)
        {
            int alive = runs[older].Ordinals.Length;
            for (int newer = older + 1; newer < runs.Count; newer++) alive -= Bury(older, runs[newer].Tombstones);
            ProfileCount += alive;
        }
    }

    /// <summary>The manifest.</summary>
    public StoreManifest Manifest { get; }

    /// <summary>Its runs, oldest first.</summary>
    public IReadOnlyList<RunFile> Runs { get; }

    /// <summary>The profiles that count.</summary>
    public long ProfileCount { get; }

    /// <summary>Bit i is set if row i of a run counts; null if all do.</summary>
    public ulong[]? Alive(int run) => _alive[run];

    /// <summary>The run that holds a profile and counts; null if there is no such profile.</summary>
    public RunFile? Find(long ordinal)
    {
        for (int run = Runs.Count - 1; run >= 0; run--)
        {
            if (Array.BinarySearch(Runs[run].Ordinals, ordinal) >= 0) return Runs[run];
            // A newer run that ended the profile without holding it hides what is older.
            if (Array.BinarySearch(Runs[run].Tombstones, ordinal) >= 0) return null;
        }
        return null;
    }

    private int Bury(int run, long[] tombstones)
    {
        long[] ordinals = Runs[run].Ordinals;
        int buried = 0;
        foreach (long ordinal in tombstones)
        {
            int row = Array.BinarySearch(ordinals, ordinal);
            if (row < 0) continue;
            ulong[] alive = _alive[run] ??= AllAlive(ordinals.Length);
            if ((alive[row >> 6] & (1UL << row)) == 0) continue;
            alive[row >> 6] &= ~(1UL << row);
            buried++;
        }
        return buried;
    }

    private static ulong[] AllAlive(int rows)
    {
        ulong[] alive = new ulong[(rows + 63) / 64];
        Array.Fill(alive, ulong.MaxValue);
        if ((rows & 63) != 0) alive[^1] = (1UL << (rows & 63)) - 1;
        return alive;
    }
}
