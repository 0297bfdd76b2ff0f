using System.Collections;

namespace Muster.Storage.Membership;

/// <summary>
/// The cohorts of one segment while a job works on them: each profile is in one at most. Used by one thread.
/// </summary>
internal sealed class SegmentCohorts : IEnumerable<(bool Exited, long Time, OrdinalSet Members)>
{
    private readonly SortedDictionary<(long Time, bool Exited), OrdinalSet> _cohorts = [];

    /// <summary>The cohorts of an earlier file, or none.</summary>
    public SegmentCohorts(MembershipFile? file, MembershipSegment? segment)
    {
        foreach (MembershipCohort cohort in segment?.Cohorts ?? []) _cohorts.Add((cohort.Time, cohort.Exited), file!.Read(cohort));
    }

    /// <summary>True once anything differs from the file.</summary>
    public bool Changed { get; private set; }

    /// <summary>Gives entries to the profiles that have them now: where several have one for the segment, the later counts.</summary>
    public void Apply(OrdinalRemap remap)
    {
        if (remap.IsEmpty) return;
        ILookup<long, long> takers = remap.Sources.SelectMany(s => s.Value.Select(source => (source, taker: s.Key))).ToLookup(s => s.source, s => s.taker);
        OrdinalSet involved = OrdinalSet.Of(takers.Select(t => t.Key));
        Dictionary<long, (long Time, bool Exited)> latest = [];
        foreach (((long Time, bool Exited) key, OrdinalSet members) in _cohorts)
            foreach (long source in members.And(involved))
                foreach (long taker in takers[source]) Offer(taker, key);
        Remove(remap.Gone.Or(OrdinalSet.Of(remap.Sources.Keys)));
        foreach (IGrouping<(long Time, bool Exited), long> group in latest.GroupBy(entry => entry.Value, entry => entry.Key))
            Set(group.Key, _cohorts[group.Key].Or(OrdinalSet.Of(group)));

        // At the same time, being in beats having left.
        void Offer(long taker, (long Time, bool Exited) key)
        {
            if (!latest.TryGetValue(taker, out (long Time, bool Exited) best) || key.Time > best.Time || (key.Time == best.Time && !key.Exited))
                latest[taker] = key;
        }
    }

    /// <summary>Forgets profiles.</summary>
    public void Remove(OrdinalSet ordinals)
    {
        if (ordinals.IsEmpty) return;
        foreach ((long Time, bool Exited) key in _cohorts.Keys.ToArray()) Set(key, _cohorts[key].AndNot(ordinals));
    }

    /// <summary>Forgets those who left before a time.</summary>
    public void DropExitedBefore(long time)
    {
        foreach ((long Time, bool Exited) key in _cohorts.Keys.ToArray())
            if (key.Exited && key.Time < time) Set(key, OrdinalSet.Empty);
    }

    /// <summary>Takes in who is in now, in the job of this time.</summary>
    public MembershipCounters Evaluate(OrdinalSet now, long time)
    {
        OrdinalSet entered = now, left = OrdinalSet.Empty;
        long existing = 0;
        (long Time, bool Exited)[] keys = [.. _cohorts.Keys];
        foreach ((long Time, bool Exited) key in keys.Where(key => !key.Exited))
        {
            OrdinalSet was = _cohorts[key], stayed = was.And(now);
            existing += stayed.LongCount;
            entered = entered.AndNot(stayed);
            if (ReferenceEquals(stayed, was)) continue;
            left = left.Or(was.AndNot(stayed));
            Set(key, stayed);
        }
        foreach ((long Time, bool Exited) key in keys.Where(key => key.Exited)) Set(key, _cohorts[key].AndNot(entered));
        Add((time, false), entered);
        Add((time, true), left);
        return new MembershipCounters(entered.LongCount, existing, left.LongCount);
    }

    public IEnumerator<(bool Exited, long Time, OrdinalSet Members)> GetEnumerator()
    {
        foreach (((long Time, bool Exited) key, OrdinalSet members) in _cohorts) yield return (key.Exited, key.Time, members);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Add((long Time, bool Exited) key, OrdinalSet members) =>
        Set(key, _cohorts.TryGetValue(key, out OrdinalSet? before) ? before.Or(members) : members);

    private void Set((long Time, bool Exited) key, OrdinalSet members)
    {
        if (_cohorts.TryGetValue(key, out OrdinalSet? before) ? ReferenceEquals(before, members) : members.IsEmpty) return;
        _cohorts[key] = members;
        Changed = true;
    }
}
