using System.Runtime.ExceptionServices;
using Muster.Storage.Files;

namespace Muster.Storage.Membership;

/// <summary>
/// What one job changes: makes the next membership file from the previous one and the new members of the evaluated segments. Nothing is
/// published by it: the file counts once the job's commit names it.
/// </summary>
public sealed class MembershipUpdate
{
    /// <summary>How long those who left are remembered: 30 days.</summary>
    public static TimeSpan ExitedKept { get; } = TimeSpan.FromDays(30);

    /// <summary>How many segments are held in memory while they are worked on in parallel.</summary>
    private const int SegmentsAtOnce = 64;

    /// <summary>The space of profile ordinals, for example <c>pdg</c>.</summary>
    public required string Space { get; init; }

    /// <summary>The time of the job, milliseconds since the epoch: the qualification time of all who enter or leave in it.</summary>
    public required long Time { get; init; }

    /// <summary>The evaluated segments with all who are in now. The others keep what they have.</summary>
    public required IReadOnlyDictionary<string, OrdinalSet> Evaluated { get; init; }

    /// <summary>The file of the job before, of the same space; null if there is none.</summary>
    public MembershipFile? Previous { get; init; }

    /// <summary>
    /// What became of the previous file's ordinals. Where a profile has several entries for a segment, that with the later time counts, at the
    /// same time the one that is in.
    /// </summary>
    public OrdinalRemap Remap { get; init; } = OrdinalRemap.None;

    /// <summary>Profiles that are no more and were not merged into another: they lose all entries and count as nothing.</summary>
    public OrdinalSet Deleted { get; init; } = OrdinalSet.Empty;

    /// <summary>The ids of the segments that still exist; others are dropped. Null if all do.</summary>
    public IReadOnlySet<string>? ExistingSegments { get; init; }

    /// <summary>
    /// Writes the new file, whole or not at all; throws <see cref="IOException"/> if there is a file of that name. Gives the counters of
    /// the evaluated segments that exist.
    /// </summary>
    public IReadOnlyDictionary<string, MembershipCounters> Write(string path, DurableFiles? files = null)
    {
        if (Previous is not null && Previous.Space != Space)
            throw new ArgumentException($"The previous file is of space '{Previous.Space}', not '{Space}'.");
        SortedSet<string> ids = new(Evaluated.Keys, StringComparer.Ordinal);
        foreach (MembershipSegment segment in Previous?.Segments ?? []) ids.Add(segment.Id);
        if (ExistingSegments is not null) ids.RemoveWhere(id => !ExistingSegments.Contains(id));

        Dictionary<string, MembershipCounters> counters = new(StringComparer.Ordinal);
        using MembershipFileWriter writer = new(path, files ?? DurableFiles.Plain);
        foreach (string[] batch in ids.Chunk(SegmentsAtOnce))
        {
            foreach (Change change in Work(batch))
            {
                if (change.Counters is { } counted) counters.Add(change.Id, counted);
                if (change.Cohorts is null) writer.Copy(Previous!, change.Before!);
                else writer.Write(change.Id, change.Counters is null ? change.Before!.LastEvaluation : Time, change.Cohorts);
            }
        }
        writer.Commit(Space, Time);
        return counters;
    }

    /// <summary>Works on some segments on all processors; gives them in the same order.</summary>
    private Change[] Work(string[] ids)
    {
        Change[] changes = new Change[ids.Length];
        try
        {
            Parallel.For(0, ids.Length, i => changes[i] = Work(ids[i]));
        }
        catch (AggregateException e)
        {
            // One damaged file fails many segments at once, in the same way.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        return changes;
    }

    private Change Work(string id)
    {
        MembershipSegment? before = Previous?.Find(id);
        bool evaluated = Evaluated.TryGetValue(id, out OrdinalSet? now);
        if (!evaluated && !NeedsReading(before!)) return new Change(id, before, null, null);
        SegmentCohorts cohorts = new(Previous, before);
        cohorts.Apply(Remap);
        cohorts.Remove(Deleted);
        cohorts.DropExitedBefore(Time - (long)ExitedKept.TotalMilliseconds);
        if (evaluated) return new Change(id, before, cohorts, cohorts.Evaluate(now!.AndNot(Deleted).AndNot(Remap.Gone), Time));
        return new Change(id, before, cohorts.Changed ? cohorts : null, null);
    }

    /// <summary>Whether a segment that was not evaluated may change at all.</summary>
    private bool NeedsReading(MembershipSegment segment)
    {
        if (!Remap.IsEmpty || !Deleted.IsEmpty) return true;
        long oldest = Time - (long)ExitedKept.TotalMilliseconds;
        return segment.Cohorts.Any(cohort => cohort.Exited && cohort.Time < oldest);
    }

    /// <summary>What becomes of a segment.</summary>
    /// <param name="Id">The segment.</param>
    /// <param name="Before">What the previous file says of it, if anything.</param>
    /// <param name="Cohorts">What the new file says of it; null to copy what the previous one says.</param>
    /// <param name="Counters">Null if it was not evaluated.</param>
    private readonly record struct Change(string Id, MembershipSegment? Before, SegmentCohorts? Cohorts, MembershipCounters? Counters);
}
