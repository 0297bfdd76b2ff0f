using System.Buffers;
using Muster.Storage.DuckDb;
using Muster.Storage.Files;

namespace Muster.Storage.Profiles;

/// <summary>
/// Whose the records of a lake file are, a Parquet file beside it: <c>identity</c>, the ordinal of the record's primary identity (-1: none;
/// -2 - ordinal: an event that does not count, since an earlier one of the dataset has its <c>_id</c>), <c>event</c>, a hash of the event's
/// <c>_id</c> (0 for records), and <c>mark</c>, the <see cref="Identity.IdentityMark"/> of its identity map (0 for records; files of older versions have
/// no marks).
/// </summary>
internal static class KeyFile
{
    /// <summary>The identity of a record whose key this is, counted or not; -1 for none.</summary>
    public static int IdentityOf(int key) => key >= -1 ? key : -2 - key;

    /// <summary>The key of an event that does not count.</summary>
    public static int Duplicate(int identity) => -2 - identity;

    /// <summary>Writes a file.</summary>
    /// <param name="workspace">Its table <c>key</c> is overwritten.</param>
    /// <param name="path">Absolute.</param>
    /// <param name="identities">By row.</param>
    /// <param name="events">By row; empty for records.</param>
    /// <param name="marks">By row; empty for records.</param>
    /// <param name="files">Makes the file last.</param>
    public static void Write(
        DuckDbWorkspace workspace, string path, ReadOnlySpan<int> identities, ReadOnlySpan<ulong> events, ReadOnlySpan<byte> marks, DurableFiles files)
    {
        workspace.Execute("CREATE OR REPLACE TABLE key(identity INTEGER, event UBIGINT, mark UTINYINT)");
        using (var appender = new ChunkAppender(workspace.Connection, "key"))
        {
            for (int start = 0; start < identities.Length; start += ChunkAppender.Capacity)
            {
                int rows = Math.Min(ChunkAppender.Capacity, identities.Length - start);
                identities.Slice(start, rows).CopyTo(appender.Values<int>(0));
                if (events.IsEmpty) appender.Values<ulong>(1)[..rows].Clear();
                else events.Slice(start, rows).CopyTo(appender.Values<ulong>(1));
                if (marks.IsEmpty) appender.Values<byte>(2)[..rows].Clear();
                else marks.Slice(start, rows).CopyTo(appender.Values<byte>(2));
                appender.Append(rows);
            }
            appender.Close();
        }
        // Hashes do not compress; ordinals nearly do by themselves.
        files.Publish(path, temporary => workspace.Execute($"COPY key TO {SqlText.Literal(temporary)} (FORMAT parquet, COMPRESSION lz4_raw)"));
        workspace.Execute("DROP TABLE key");
    }

    /// <summary>Reads the keys of a file.</summary>
    public static int[] Read(DuckDbWorkspace workspace, string path) => ReadColumn<int>(workspace, path, "identity");

    /// <summary>Reads the hashes of a file; one of a record is 0.</summary>
    public static ulong[] ReadEvents(DuckDbWorkspace workspace, string path) => ReadColumn<ulong>(workspace, path, "event");

    /// <summary>Passes the hashes of a file on, some at a time, with the row of the first of them.</summary>
    public static void ScanEvents(DuckDbWorkspace workspace, string path, ReadOnlySpanAction<ulong, int> receive)
    {
        int first = 0;
        using DuckDbStream stream = workspace.Stream($"SELECT event FROM read_parquet({SqlText.Literal(path)})");
        while (stream.Read())
        {
            receive(new VectorView(stream.Vector(0)).Values<ulong>(stream.Rows), first);
            first += stream.Rows;
        }
    }

    /// <summary>Reads the marks of a file with that many rows; all <see cref="Identity.IdentityMark.Whole"/> where an older version wrote it.</summary>
    public static byte[] ReadMarks(DuckDbWorkspace workspace, string path, int rows)
    {
        bool has = workspace.Scalar<long>($"SELECT count(*) FROM parquet_schema({SqlText.Literal(path)}) WHERE name = 'mark'") > 0;
        return has ? ReadColumn<byte>(workspace, path, "mark") : new byte[rows];
    }

    private static T[] ReadColumn<T>(DuckDbWorkspace workspace, string path, string column) where T : unmanaged
    {
        var values = new List<T>();
        using DuckDbStream stream = workspace.Stream($"SELECT {column} FROM read_parquet({SqlText.Literal(path)})");
        while (stream.Read()) values.AddRange(new VectorView(stream.Vector(0)).Values<T>(stream.Rows));
        return [.. values];
    }
}
