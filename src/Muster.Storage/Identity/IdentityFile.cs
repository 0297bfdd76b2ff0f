using System.Security.Cryptography;
using System.Text;
using Muster.Storage.Files;

namespace Muster.Storage.Identity;

/// <summary>
/// A change of the identity graph as a file: new namespaces, erased identities, new identities with their profiles, profiles that others took
/// over, identities that moved, restricted groups. Little-endian: magic and version, the payload as written by <see cref="BinaryWriter"/>, and
/// its SHA-256. Files make a chain; a snapshot is the change from nothing, so it starts one.
/// </summary>
internal static class IdentityFile
{
    /// <summary>The version that is written. Version 1 knew neither erasures nor moves nor groups.</summary>
    public const int Version = 2;

    private const uint Magic = 0x4944554D; // "MUDI"

    /// <summary>Writes what is staged in a sealed graph; nothing there is changed.</summary>
    public static void Write(string path, IdentityGraph graph, DurableFiles files) => Write(path, files, writer =>
    {
        WriteNamespaces(writer, graph, graph.PublishedNamespaces);
        WriteList(writer, [.. graph.StagedErasures], (w, identity) => w.Write7BitEncodedInt(identity));
        WriteIdentities(writer, graph, graph.PublishedIdentities);
        WriteList(writer, [.. graph.StagedRetirements.OrderBy(r => r.Key)], (w, retired) => WritePair(w, retired.Key, retired.Value));
        WriteList(writer, [.. graph.StagedMoves], (w, move) => WritePair(w, move.Identity, move.Profile));
        WriteList(writer, [.. graph.Groups.Staged], (w, group) => WriteGroup(w, group.Key, group.Value ?? []));
        writer.Write7BitEncodedInt(graph.ProfileOrdinals);
    });

    /// <summary>
    /// Writes all of a graph with what is staged as the first file of a new chain. It has no text of an erased identity, those that are only
    /// staged to be erased included.
    /// </summary>
    public static void WriteSnapshot(string path, IdentityGraph graph, DurableFiles files) => Write(path, files, writer =>
    {
        WriteNamespaces(writer, graph, 0);
        writer.Write7BitEncodedInt(0);
        WriteIdentities(writer, graph, 0);
        writer.Write7BitEncodedInt(0);
        writer.Write7BitEncodedInt(0);
        WriteList(writer, [.. graph.Groups.Next], (w, group) => WriteGroup(w, group.Name, group.Members));
        writer.Write7BitEncodedInt(graph.ProfileOrdinals);
    });

    /// <summary>Makes a graph from its files, oldest first.</summary>
    /// <exception cref="InvalidDataException">A file is damaged, of an unknown version, or not the successor of the one before.</exception>
    public static IdentityGraph Load(IEnumerable<string> paths) => Load(paths, IdentityGraph.DefaultLimit);

    /// <summary>As <see cref="Load(IEnumerable{string})"/>, for a graph with another limit.</summary>
    internal static IdentityGraph Load(IEnumerable<string> paths, int limit)
    {
        var loading = new LoadedGraph(new IdentityGraph(limit));
        foreach (string path in paths)
        {
            byte[] content = File.ReadAllBytes(path);
            int length = content.Length - SHA256.HashSizeInBytes;
            if (length < 8 || !SHA256.HashData(content.AsSpan(0, length)).AsSpan().SequenceEqual(content.AsSpan(length)))
                throw new InvalidDataException($"The identity file {Path.GetFileName(path)} is damaged.");
            using var reader = new BinaryReader(new MemoryStream(content, 0, length), Encoding.UTF8);
            int version = reader.ReadUInt32() == Magic ? reader.ReadInt32() : 0;
            if (version is < 1 or > Version) throw new InvalidDataException($"{Path.GetFileName(path)} is no identity file of version 1 to {Version}.");
            if (!loading.Read(reader, version)) throw new InvalidDataException($"The identity file {Path.GetFileName(path)} does not follow the one before it.");
        }
        return loading.Finish();
    }

    private static void Write(string path, DurableFiles files, Action<BinaryWriter> write) => files.Write(path, stream =>
    {
        using var hash = SHA256.Create();
        using (var hashed = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
        using (var writer = new BinaryWriter(new BufferedStream(hashed, 1 << 16), Encoding.UTF8))
        {
            writer.Write(Magic);
            writer.Write(Version);
            write(writer);
        }
        stream.Write(hash.Hash!);
    });

    private static void WriteNamespaces(BinaryWriter writer, IdentityGraph graph, int first)
    {
        writer.Write7BitEncodedInt(first);
        writer.Write7BitEncodedInt(graph.Namespaces.Count - first);
        for (int i = first; i < graph.Namespaces.Count; i++) writer.Write(graph.Namespaces[i]);
    }

    private static void WriteIdentities(BinaryWriter writer, IdentityGraph graph, int first)
    {
        writer.Write7BitEncodedInt(first);
        writer.Write7BitEncodedInt(graph.Identities.Count - first);
        for (int i = first; i < graph.Identities.Count; i++)
        {
            ReadOnlySpan<byte> id = graph.IsErased(i) ? [] : graph.Identities.Id(i);
            writer.Write7BitEncodedInt(graph.Identities.Namespace(i));
            writer.Write7BitEncodedInt(id.Length);
            writer.Write(id);
            writer.Write7BitEncodedInt(graph.ProfileOf(i) + 1);
        }
    }

    private static void WriteList<T>(BinaryWriter writer, T[] items, Action<BinaryWriter, T> write)
    {
        writer.Write7BitEncodedInt(items.Length);
        foreach (T item in items) write(writer, item);
    }

    private static void WritePair(BinaryWriter writer, int first, int second)
    {
        writer.Write7BitEncodedInt(first);
        writer.Write7BitEncodedInt(second);
    }

    private static void WriteGroup(BinaryWriter writer, int name, int[] members)
    {
        writer.Write7BitEncodedInt(name);
        WriteList(writer, members, (w, member) => w.Write7BitEncodedInt(member));
    }
}
