namespace Muster.Engine.Nodes;

/// <summary>
/// Follows the steps of a chain through the events of one row: keeps the times at which the steps so far can end. Each step costs the
/// number of its matches and of these times, times a binary search. Reusable; not thread-safe.
/// </summary>
internal sealed class ChainWalk
{
    private readonly List<long> _kept = [];
    private List<long> _ends = [], _next = [];
    private bool _isAtStart;
    private int[] _begins = [];

    /// <summary>The times of the current step's matches, rising; filled by the caller before <see cref="Take"/>.</summary>
    public List<long> Matches { get; } = [];

    /// <summary>Work done so far: one for each match or time looked at.</summary>
    public long Steps { get; private set; }

    /// <summary>True if the steps so far can be satisfied.</summary>
    public bool IsAlive => _isAtStart || _ends.Count > 0;

    /// <summary>Begins with a row's events.</summary>
    public void Start()
    {
        _ends.Clear();
        _isAtStart = true;
    }

    /// <summary>Takes the next step.</summary>
    public void Take(ChainStep step)
    {
        Steps += Matches.Count + _ends.Count + 1;
        if (_begins.Length <= Matches.Count) _begins = new int[Math.Max(2 * _begins.Length, Matches.Count + 1)];
        Array.Clear(_begins, 0, Matches.Count + 1);
        _kept.Clear();
        bool staysAtStart = _isAtStart && Reach(step, (0..Matches.Count, 0..0));
        int low = 0;
        foreach (long end in _ends)
        {
            while (low < Matches.Count && Matches[low] <= end) low++;
            if (Reach(step, step.Gap is null ? (low..Matches.Count, 0..0) : step.Gap.Within(Matches, low, end))) _kept.Add(end);
            // Without a gap and a bound, what follows a later end follows the earliest one too.
            if (step is { Gap: null, IsBounded: false }) break;
        }
        Merge();
        _isAtStart = staysAtStart;
    }

    // Marks the matches that can end the step for one end of the step before; true if that end stays as it is, since no match is wanted.
    private bool Reach(ChainStep step, (Range First, Range Second) eligible)
    {
        (int first, int firstEnd) = (eligible.First.Start.Value, Math.Max(eligible.First.Start.Value, eligible.First.End.Value));
        (int second, int secondEnd) = (eligible.Second.Start.Value, eligible.Second.End.Value);
        int inFirst = firstEnd - first, count = inFirst + secondEnd - second;
        if (!step.IsBounded)
        {
            int skipped = step.Least - 1;
            Mark(first + Math.Min(skipped, inFirst), firstEnd);
            Mark(second + Math.Max(0, skipped - inFirst), secondEnd);
            return false;
        }
        if (count < step.Least || count > (step.Most ?? int.MaxValue)) return false;
        if (count == 0) return true;
        int last = secondEnd > second ? secondEnd - 1 : firstEnd - 1;
        Mark(last, last + 1);
        return false;
    }

    private void Mark(int start, int end)
    {
        if (start >= end) return;
        _begins[start]++;
        _begins[end]--;
    }

    // Both lists rise, so one pass brings them together.
    private void Merge()
    {
        _next.Clear();
        int open = 0, kept = 0;
        for (int i = 0; i < Matches.Count; i++)
        {
            open += _begins[i];
            if (open == 0) continue;
            while (kept < _kept.Count && _kept[kept] <= Matches[i]) Add(_kept[kept++]);
            Add(Matches[i]);
        }
        while (kept < _kept.Count) Add(_kept[kept++]);
        (_ends, _next) = (_next, _ends);
    }

    private void Add(long end)
    {
        if (_next.Count == 0 || _next[^1] != end) _next.Add(end);
    }
}
