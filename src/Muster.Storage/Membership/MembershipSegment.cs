namespace Muster.Storage.Membership;

/// <summary>What a membership file says of one segment as a whole.</summary>
public sealed class MembershipSegment
{
    internal MembershipSegment(string id, long lastEvaluation, IReadOnlyList<MembershipCohort> cohorts)
    {
        Id = id;
        LastEvaluation = lastEvaluation;
        Cohorts = cohorts;
    }

    /// <summary>The segment's id.</summary>
    public string Id { get; }

    /// <summary>The time of the job that last evaluated it, milliseconds since the epoch.</summary>
    public long LastEvaluation { get; }

    /// <summary>Written one after the other, without gaps.</summary>
    internal IReadOnlyList<MembershipCohort> Cohorts { get; }

    /// <summary>The number of profiles with one of these statuses, known without reading them.</summary>
    public long Count(MembershipStatus statuses)
    {
        long count = 0;
        foreach (MembershipCohort cohort in Cohorts)
            if ((cohort.Status(LastEvaluation) & statuses) != 0) count += cohort.Members;
        return count;
    }
}
