using System.Buffers.Binary;
using RocksDbSharp;

namespace Muster.Storage.Lookup;

/// <summary>
/// The profiles of one run in a key-value store of their own, a folder: key is the ordinal, value a <see cref="LookupRecord"/>. Complete
/// and never
/// written again. Reading is thread-safe; nobody may be reading when it is disposed.
/// </summary>
internal sealed class LookupFile : IDisposable
{
    /// <summary>Stands behind every ordinal and holds what the store was made of: it is written last.</summary>
    public const long MarkerKey = long.MaxValue;

    /// <summary>Changes with the layout of records and with what is in them.</summary>
    private const int Version = 1;

    private readonly RocksDb _database;

    private LookupFile(RocksDb database) => _database = database;

    /// <summary>What the marker of a store of a run holds.</summary>
    /// <param name="profiles">The profiles of the run.</param>
    /// <param name="events">Its events.</param>
    public static byte[] Marker(long profiles, long events)
    {
        byte[] marker = new byte[20];
        BinaryPrimitives.WriteInt32LittleEndian(marker, Version);
        BinaryPrimitives.WriteInt64LittleEndian(marker.AsSpan(4), profiles);
        BinaryPrimitives.WriteInt64LittleEndian(marker.AsSpan(12), events);
        return marker;
    }

    /// <summary>A key: big-endian, so that keys are in the order of ordinals.</summary>
    public static void WriteKey(Span<byte> key, long ordinal) => BinaryPrimitives.WriteInt64BigEndian(key, ordinal);

    /// <summary>
    /// Opens the store of a run; null if there is none, or one that is damaged, unfinished, of another version or of another run.
    /// </summary>
    public static LookupFile? TryOpen(string folder, LookupOptions options, byte[] marker)
    {
        if (!Directory.Exists(folder)) return null;
        RocksDb? database = null;
        try
        {
            database = RocksDb.OpenReadOnly(options.Database(readOnly: true), folder, false);
            var file = new LookupFile(database);
            if (file.Read(MarkerKey) is { } found && found.AsSpan().SequenceEqual(marker)) return file;
        }
        catch (RocksDbException)
        {
            // Damaged: whoever asked makes it anew.
        }
        database?.Dispose();
        return null;
    }

    /// <summary>The bytes of an entry; null if there is none.</summary>
    /// <exception cref="RocksDbException">The store is damaged.</exception>
    public byte[]? Read(long ordinal)
    {
        Span<byte> key = stackalloc byte[sizeof(long)];
        WriteKey(key, ordinal);
        return _database.Get(key);
    }

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();
}
