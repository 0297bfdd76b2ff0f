using System.Security.Cryptography;
using System.Text;
using Muster.Storage.Files;

namespace Muster.Storage.Membership;

/// <summary>
/// What became of the ordinals of a membership file since it was written: people merged, split and were erased. Nobody's bits become someone
/// else's: an ordinal is never used again, and a new one says whose entries it starts with. Immutable.
/// </summary>
public sealed class OrdinalRemap
{
    private readonly Dictionary<long, long[]> _sources;

    private OrdinalRemap(Dictionary<long, long[]> sources, HashSet<long> gone)
    {
        _sources = sources;
        Gone = OrdinalSet.Of(gone);
    }

    /// <summary>Nothing became of any.</summary>
    public static OrdinalRemap None { get; } = new([], []);

    /// <summary>Ordinals of the file that no longer stand for a profile.</summary>
    public OrdinalSet Gone { get; }

    /// <summary>Ordinals of today that have entries of others than themselves, with the ordinals of the file whose entries they have.</summary>
    public IReadOnlyDictionary<long, long[]> Sources => _sources;

    /// <summary>True if the file can be read as it is.</summary>
    public bool IsEmpty => _sources.Count == 0 && Gone.IsEmpty;

    /// <summary>The ordinals of the file whose entries an ordinal of today has.</summary>
    public long[] SourcesOf(long ordinal) => _sources.TryGetValue(ordinal, out long[]? sources) ? sources : [ordinal];

    /// <summary>This, and then another change.</summary>
    /// <param name="retired">Ordinals that ended by merging, and those that took their people over (which may have ended in turn).</param>
    /// <param name="split">New ordinals, and those that their people had before.</param>
    /// <param name="ended">Ordinals that ended with nobody to take over.</param>
    /// <exception cref="ArgumentException">Ordinals took one another over.</exception>
    public OrdinalRemap Then(IReadOnlyDictionary<long, long> retired, IReadOnlyDictionary<long, long[]> split, IReadOnlyCollection<long> ended)
    {
        var sources = new Dictionary<long, long[]>(_sources);
        var gone = new HashSet<long>(Gone);
        // A split looks at what was before the merges of the same change.
        foreach ((long ordinal, long[] before) in split) sources[ordinal] = [.. before.SelectMany(SourcesOf).Distinct().Order()];
        foreach (long ordinal in retired.Keys)
        {
            long survivor = ordinal;
            for (int steps = 0; retired.TryGetValue(survivor, out long next); survivor = next)
                if (++steps > retired.Count) throw new ArgumentException($"Profile ordinal {ordinal} is retired into itself.", nameof(retired));
            long[] own = sources.TryGetValue(survivor, out long[]? known) ? known : [survivor];
            sources[survivor] = [.. own.Concat(SourcesOf(ordinal)).Distinct().Order()];
            gone.Add(ordinal);
        }
        foreach (long ordinal in retired.Keys) sources.Remove(ordinal);
        foreach (long ordinal in ended)
        {
            sources.Remove(ordinal);
            gone.Add(ordinal);
        }
        return new OrdinalRemap(sources, gone);
    }

    /// <summary>Writes remaps of several spaces as one file: little-endian, ended by its SHA-256.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, OrdinalRemap> spaces, DurableFiles files)
    {
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(spaces.Count);
            foreach ((string space, OrdinalRemap remap) in spaces.OrderBy(s => s.Key, StringComparer.Ordinal))
            {
                writer.Write(space);
                writer.Write(remap._sources.Count);
                foreach ((long ordinal, long[] sources) in remap._sources.OrderBy(s => s.Key)) Write(writer, sources.Prepend(ordinal).ToArray());
                Write(writer, remap.Gone.ToArray());
            }
        }
        files.Write(path, stream =>
        {
            stream.Write(content.GetBuffer(), 0, (int)content.Length);
            stream.Write(SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length)));
        });
    }

    /// <summary>Reads what <see cref="Write(string, IReadOnlyDictionary{string, OrdinalRemap}, DurableFiles)"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static IReadOnlyDictionary<string, OrdinalRemap> Read(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        int length = content.Length - SHA256.HashSizeInBytes;
        if (length < 4 || !SHA256.HashData(content.AsSpan(0, length)).AsSpan().SequenceEqual(content.AsSpan(length)))
            throw new InvalidDataException($"The remap file {Path.GetFileName(path)} is damaged.");
        using var reader = new BinaryReader(new MemoryStream(content, 0, length), Encoding.UTF8);
        var spaces = new Dictionary<string, OrdinalRemap>(StringComparer.Ordinal);
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            string space = reader.ReadString();
            var sources = new Dictionary<long, long[]>();
            for (int entries = reader.ReadInt32(); entries > 0; entries--)
            {
                long[] entry = ReadAll(reader);
                sources.Add(entry[0], entry[1..]);
            }
            spaces.Add(space, new OrdinalRemap(sources, [.. ReadAll(reader)]));
        }
        return spaces;
    }

    private static void Write(BinaryWriter writer, long[] values)
    {
        writer.Write7BitEncodedInt(values.Length);
        foreach (long value in values) writer.Write7BitEncodedInt64(value);
    }

    private static long[] ReadAll(BinaryReader reader)
    {
        var values = new long[reader.Read7BitEncodedInt()];
        for (int i = 0; i < values.Length; i++) values[i] = reader.Read7BitEncodedInt64();
        return values;
    }
}
