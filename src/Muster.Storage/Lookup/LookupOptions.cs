using RocksDbSharp;

namespace Muster.Storage.Lookup;

/// <summary>
/// How the key-value store is set up. Files are read with plain reads, not mapped: damage is then an error and never a signal that ends the
/// process. What is resident is the block cache, of fixed size, and the index of each file, some 4 MB a million profiles; the rest is the
/// page
/// cache of the operating system.
/// </summary>
internal sealed class LookupOptions
{
    /// <summary>The most that the cache of one store of lookups holds.</summary>
    public const int CacheMegabytes = 32;

    private readonly BlockBasedTableOptions _table =
        new BlockBasedTableOptions().SetBlockCache(Cache.CreateLru(CacheMegabytes << 20)).SetBlockSize(4096).SetFormatVersion(5);

    /// <summary>For opening a store.</summary>
    /// <param name="readOnly">An opened store of a filled run is never written again.</param>
    public DbOptions Database(bool readOnly) => (DbOptions)new DbOptions()
        .SetCreateIfMissing(!readOnly)
        .SetMaxLogFileSize(64 << 10)
        .SetKeepLogFileNum(1)
        .SetWriteBufferSize(64 << 10)
        .SetCompression(Compression.Lz4)
        .SetBlockBasedTableFactory(_table);

    /// <summary>For writing a file of sorted entries.</summary>
    public ColumnFamilyOptions SortedFile() =>
        (ColumnFamilyOptions)new ColumnFamilyOptions().SetCompression(Compression.Lz4).SetBlockBasedTableFactory(_table);
}
