using Muster.Storage.Membership;

namespace Muster.Storage.Tests.Membership;

/// <summary>The rules of membership over plain dictionaries, one profile at a time: the referee.</summary>
internal sealed class MembershipModel
{
    public sealed record Entry(bool Exited, long Time);

    public Dictionary<string, SortedDictionary<long, Entry>> Entries { get; } = [];

    public Dictionary<string, long> LastEvaluation { get; } = [];

    public Dictionary<string, MembershipCounters> Update(
        long time,
        Dictionary<string, HashSet<long>> evaluated,
        Dictionary<long, long> retired,
        HashSet<long> deleted,
        HashSet<string> existing)
    {
        foreach (string gone in Entries.Keys.Where(id => !existing.Contains(id)).ToArray())
        {
            Entries.Remove(gone);
            LastEvaluation.Remove(gone);
        }
        foreach (SortedDictionary<long, Entry> profiles in Entries.Values)
        {
            foreach ((long from, Entry entry) in profiles.ToArray())
            {
                if (!retired.ContainsKey(from)) continue;
                profiles.Remove(from);
                long to = Follow(retired, from);
                bool both = profiles.TryGetValue(to, out Entry? other);
                if (!both || entry.Time > other!.Time || (entry.Time == other.Time && other.Exited)) profiles[to] = entry;
            }
            foreach (long ordinal in deleted) profiles.Remove(ordinal);
            foreach ((long ordinal, Entry entry) in profiles.ToArray())
                if (entry.Exited && entry.Time < time - 30L * 24 * 60 * 60 * 1000) profiles.Remove(ordinal);
        }
        Dictionary<string, MembershipCounters> counters = [];
        foreach ((string id, HashSet<long> members) in evaluated.Where(segment => existing.Contains(segment.Key)))
        {
            if (!Entries.TryGetValue(id, out SortedDictionary<long, Entry>? profiles)) Entries.Add(id, profiles = []);
            HashSet<long> now = members.Where(ordinal => !retired.ContainsKey(ordinal)).ToHashSet();
            now.ExceptWith(deleted);
            long entered = 0, stayed = 0, left = 0;
            foreach (long ordinal in now)
            {
                if (profiles.TryGetValue(ordinal, out Entry? entry) && !entry.Exited)
                {
                    stayed++;
                    continue;
                }
                profiles[ordinal] = new Entry(false, time);
                entered++;
            }
            foreach ((long ordinal, Entry entry) in profiles.ToArray())
            {
                if (entry.Exited || now.Contains(ordinal)) continue;
                profiles[ordinal] = new Entry(true, time);
                left++;
            }
            LastEvaluation[id] = time;
            counters.Add(id, new MembershipCounters(entered, stayed, left));
        }
        return counters;
    }

    public MembershipStatus Status(string id, Entry entry) =>
        entry.Exited ? MembershipStatus.Exited : entry.Time == LastEvaluation[id] ? MembershipStatus.Realized : MembershipStatus.Existing;

    private static long Follow(Dictionary<long, long> retired, long ordinal)
    {
        while (retired.TryGetValue(ordinal, out long next)) ordinal = next;
        return ordinal;
    }
}
