using System.Buffers;
using Muster.Storage.Files;

namespace Muster.Storage.Membership;

/// <summary>
/// Writes a membership file under a temporary name and gives it its own when it is whole and on the disk. Segments must come ascending by
/// id.
/// </summary>
internal sealed class MembershipFileWriter : IDisposable
{
    private readonly DurableFiles _files;
    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _stream;
    private readonly List<MembershipSegment> _segments = [];
    private long _position = MembershipFormat.HeaderLength;

    public MembershipFileWriter(string path, DurableFiles files)
    {
        _files = files;
        _path = path;
        _temporary = path + DurableFiles.TemporarySuffix;
        _stream = new FileStream(_temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 20);
        _stream.Write(new byte[MembershipFormat.HeaderLength]);
    }

    /// <summary>Copies a segment with all its cohorts.</summary>
    public void Copy(MembershipFile source, MembershipSegment segment)
    {
        List<MembershipCohort> cohorts = [];
        foreach (MembershipCohort cohort in segment.Cohorts) Place(cohorts, cohort.Exited, cohort.Time, cohort.Members, cohort.Length);
        _segments.Add(new MembershipSegment(segment.Id, segment.LastEvaluation, cohorts));
        source.CopyTo(segment, _stream);
    }

    /// <summary>Writes a segment; a cohort without members is left out.</summary>
    public void Write(string id, long lastEvaluation, SegmentCohorts from)
    {
        List<MembershipCohort> cohorts = [];
        foreach ((bool exited, long time, OrdinalSet members) in from)
        {
            if (members.IsEmpty) continue;
            int length = members.SerializedLength;
            Place(cohorts, exited, time, members.LongCount, length);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
            members.Serialize(buffer);
            _stream.Write(buffer, 0, length);
            ArrayPool<byte>.Shared.Return(buffer);
        }
        _segments.Add(new MembershipSegment(id, lastEvaluation, cohorts));
    }

    /// <summary>Writes index and header, flushes, renames, and flushes the folder.</summary>
    public void Commit(string space, long time)
    {
        byte[] index = MembershipFormat.Index(space, time, _segments);
        _stream.Write(index);
        _files.Reach(StoreStep.MembershipWriting);
        _stream.Position = 0;
        _stream.Write(MembershipFormat.Header(_position, index));
        _files.FlushFile(_stream);
        _stream.Dispose();
        _files.Rename(_temporary, _path, overwrite: false);
        _files.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(_path))!);
    }

    /// <summary>Drops what was not committed.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        File.Delete(_temporary);
    }

    private void Place(List<MembershipCohort> cohorts, bool exited, long time, long members, int length)
    {
        cohorts.Add(new MembershipCohort(exited, time, members, _position, length));
        _position += length;
    }
}
