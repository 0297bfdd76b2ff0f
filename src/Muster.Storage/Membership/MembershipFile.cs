namespace Muster.Storage.Membership;

/// <summary>
/// Who is in which segment after one job, for all profiles of one space of ordinals. An immutable file, mapped into memory: opening reads
/// its index, a question reads the pages it needs. May be used by many threads; what damage a question meets is a
/// <see cref="MembershipFileException"/>.
/// </summary>
public sealed class MembershipFile : IDisposable
{
    private readonly MappedBytes _bytes;
    private readonly Dictionary<string, MembershipSegment> _segments = new(StringComparer.Ordinal);

    private MembershipFile(string path, MappedBytes bytes)
    {
        Path = path;
        _bytes = bytes;
        (Space, Time, List<MembershipSegment> segments) = MembershipFormat.Read(bytes);
        Segments = segments;
        foreach (MembershipSegment segment in segments)
            if (!_segments.TryAdd(segment.Id, segment)) throw new InvalidDataException($"segment '{segment.Id}' is there twice");
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The space of profile ordinals, for example <c>pdg</c>.</summary>
    public string Space { get; }

    /// <summary>The time of the job that wrote it, milliseconds since the epoch.</summary>
    public long Time { get; }

    /// <summary>The segments, ascending by id (ordinal comparison).</summary>
    public IReadOnlyList<MembershipSegment> Segments { get; }

    /// <summary>Opens a file; throws <see cref="MembershipFileException"/> if it is none or a damaged one.</summary>
    public static MembershipFile Open(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: 0 }) throw new MembershipFileException(path, "it is empty");
        MappedBytes bytes = new(path);
        try
        {
            return new MembershipFile(path, bytes);
        }
        catch (InvalidDataException e)
        {
            bytes.Dispose();
            throw new MembershipFileException(path, e.Message, e);
        }
    }

    /// <summary>The segment with this id, or null if it was never evaluated or is gone.</summary>
    public MembershipSegment? Find(string segmentId) => _segments.GetValueOrDefault(segmentId);

    /// <summary>The entries of one profile, by segment id.</summary>
    /// <param name="ordinals">
    /// The profile, or those whose entries it has since the job: of two for one segment the later counts, as after the next job.
    /// </param>
    public IReadOnlyList<ProfileMembership> OfProfile(params ReadOnlySpan<long> ordinals)
    {
        List<ProfileMembership> found = [];
        using MappedBytes.Lease lease = _bytes.Read();
        foreach (MembershipSegment segment in Segments)
        {
            MembershipCohort? latest = null;
            foreach (long ordinal in ordinals)
                if (Cohort(lease, segment, ordinal) is { } other && (latest is null || other.Supersedes(latest))) latest = other;
            if (latest is not null) found.Add(new ProfileMembership(segment.Id, latest.Status(segment.LastEvaluation), latest.Time));
        }
        return found;
    }

    /// <summary>The profiles that are in a segment; none if it is unknown.</summary>
    public OrdinalSet Members(string segmentId) => Select(segmentId, MembershipStatus.Member);

    /// <summary>The profiles with one of these statuses whose qualification time lies in a window.</summary>
    /// <param name="segmentId">None are found if it is unknown.</param>
    /// <param name="statuses">One or more.</param>
    /// <param name="start">The first millisecond of the window, or null for no bound.</param>
    /// <param name="end">Its last millisecond, or null for no bound.</param>
    public OrdinalSet Select(string segmentId, MembershipStatus statuses, long? start = null, long? end = null)
    {
        OrdinalSet found = OrdinalSet.Empty;
        if (Find(segmentId) is not { } segment) return found;
        foreach (MembershipCohort cohort in segment.Cohorts)
        {
            bool wanted = (cohort.Status(segment.LastEvaluation) & statuses) != 0 && !(cohort.Time < start) && !(cohort.Time > end);
            if (wanted) found = found.Or(Read(cohort));
        }
        return found;
    }

    /// <summary>Sets the bit of each row whose profile is in the segment, and clears the others.</summary>
    /// <param name="segmentId">No bit is set if it is unknown.</param>
    /// <param name="ordinals">The profile ordinal of each row, strictly increasing.</param>
    /// <param name="bits">At least one bit a row, least significant first; all of it is written.</param>
    public void Fill(string segmentId, ReadOnlySpan<long> ordinals, Span<ulong> bits)
    {
        bits.Clear();
        if (Find(segmentId) is not { } segment) return;
        using MappedBytes.Lease lease = _bytes.Read();
        for (int row = 0; row < ordinals.Length;)
        {
            int end = RowBits.EndOfChunk(ordinals, row);
            foreach (MembershipCohort cohort in segment.Cohorts)
            {
                if (!cohort.Exited && TryView(lease, cohort, ordinals[row] >> 16, out ContainerView view))
                    RowBits.Gather(ordinals, bits, row, end, view);
            }
            row = end;
        }
    }

    /// <summary>
    /// Unmaps the file; questions that are under way are answered first, later ones throw <see cref="ObjectDisposedException"/>.
    /// </summary>
    public void Dispose() => _bytes.Dispose();

    /// <summary>The whole set of a cohort, every checksum compared.</summary>
    internal OrdinalSet Read(MembershipCohort cohort)
    {
        using MappedBytes.Lease lease = _bytes.Read();
        try
        {
            return OrdinalSet.Deserialize(lease.Span(cohort.Offset, cohort.Length));
        }
        catch (InvalidDataException e)
        {
            throw new MembershipFileException(Path, e.Message, e);
        }
    }

    /// <summary>Copies what is written of a segment as it is, checksums included.</summary>
    internal void CopyTo(MembershipSegment segment, Stream target)
    {
        using MappedBytes.Lease lease = _bytes.Read();
        foreach (MembershipCohort cohort in segment.Cohorts) target.Write(lease.Span(cohort.Offset, cohort.Length));
    }

    /// <summary>The cohort a profile is in: of each segment it is in one at most.</summary>
    private MembershipCohort? Cohort(MappedBytes.Lease lease, MembershipSegment segment, long ordinal)
    {
        foreach (MembershipCohort cohort in segment.Cohorts)
        {
            if (TryView(lease, cohort, ordinal >> 16, out ContainerView view) && view.Contains((int)(ordinal & ushort.MaxValue)))
                return cohort;
        }
        return null;
    }

    private bool TryView(MappedBytes.Lease lease, MembershipCohort cohort, long key, out ContainerView view)
    {
        try
        {
            return cohort.TryView(lease, key, out view);
        }
        catch (InvalidDataException e)
        {
            throw new MembershipFileException(Path, e.Message, e);
        }
    }
}
