namespace Muster.Storage.Profiles;

/// <summary>A view whose runs are open: which profile is where, and which rows no longer count. Immutable.</summary>
internal sealed class OpenView
{
    private readonly ulong[]?[] _alive;

    public OpenView(ProfileView view, IReadOnlyList<RunFile> runs)
    {
        View = view;
        Runs = runs;
        _alive = new ulong[runs.Count][];
        for (int older = 0; older < runs.Count; older++)
        {
            int alive = runs[older].Ordinals.Length;
            for (int newer = older + 1; newer < runs.Count; newer++) alive -= Bury(older, runs[newer].Tombstones);
            ProfileCount += alive;
        }
    }

    /// <summary>What the manifest says.</summary>
    public ProfileView View { get; }

    /// <summary>Its runs, oldest first.</summary>
    public IReadOnlyList<RunFile> Runs { get; }

    /// <summary>The profiles that count.</summary>
    public long ProfileCount { get; }

    /// <summary>Bit i is set if row <paramref name="first"/> + i of a run counts; null if all its rows do.</summary>
    public ulong[]? Alive(int run, int first, int rows)
    {
        if (_alive[run] is not { } all) return null;
        ulong[] bits = new ulong[(rows + 63) / 64];
        int shift = first & 63;
        for (int word = 0; word < bits.Length; word++)
        {
            int from = (first >> 6) + word;
            ulong value = all[from] >> shift;
            if (shift > 0 && from + 1 < all.Length) value |= all[from + 1] << (64 - shift);
            bits[word] = value;
        }
        if ((rows & 63) != 0) bits[^1] &= (1UL << (rows & 63)) - 1;
        return bits;
    }

    /// <summary>True if any row of a block of a run counts.</summary>
    public bool HasAlive(int run, BlockLayout block) => Alive(run, block.First, block.Profiles) is not { } bits || bits.AsSpan().ContainsAnyExcept(0UL);

    /// <summary>True if a row of a run counts.</summary>
    public bool IsAlive(int run, int place) => _alive[run] is not { } all || (all[place >> 6] & (1UL << place)) != 0;

    /// <summary>The run that holds a profile that counts, and its place there; null if there is no such profile.</summary>
    public (RunFile Run, int Place)? Find(long ordinal)
    {
        (int run, int place) = Locate(ordinal);
        return run < 0 ? null : (Runs[run], place);
    }

    /// <summary>As <see cref="Find"/>, by number of the run; -1 if there is no such profile.</summary>
    public (int Run, int Place) Locate(long ordinal)
    {
        for (int run = Runs.Count - 1; run >= 0; run--)
        {
            int place = Array.BinarySearch(Runs[run].Ordinals, ordinal);
            if (place >= 0) return (run, place);
            // A newer run that ended the profile without holding it hides what is older.
            if (Array.BinarySearch(Runs[run].Tombstones, ordinal) >= 0) break;
        }
        return (-1, -1);
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
