using System.Security.Cryptography;
using System.Text;
using Muster.Storage.Files;

namespace Muster.Storage.Identity;

/// <summary>
/// A change of the identity graph as a file: new namespaces, new identities with their profiles, profiles that others took over. Little-endian:
/// magic and version, the payload as written by <see cref="BinaryWriter"/>, and its SHA-256.
/// </summary>
internal static class IdentityFile
{
    private const uint Magic = 0x4944554D; // "MUDI"
    private const int Version = 1;

    /// <summary>Writes what is staged in a graph; nothing there is changed.</summary>
    public static void Write(string path, IdentityGraph graph, DurableFiles files) => files.Write(path, stream =>
    {
        using var hash = SHA256.Create();
        using (var hashed = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
        using (var writer = new BinaryWriter(hashed, Encoding.UTF8))
        {
            writer.Write(Magic);
            writer.Write(Version);
            writer.Write7BitEncodedInt(graph.PublishedNamespaces);
            writer.Write7BitEncodedInt(graph.Namespaces.Count - graph.PublishedNamespaces);
            for (int i = graph.PublishedNamespaces; i < graph.Namespaces.Count; i++) writer.Write(graph.Namespaces[i]);

            writer.Write7BitEncodedInt(graph.PublishedIdentities);
            writer.Write7BitEncodedInt(graph.Identities.Count - graph.PublishedIdentities);
            for (int i = graph.PublishedIdentities; i < graph.Identities.Count; i++)
            {
                ReadOnlySpan<byte> id = graph.Identities.Id(i);
                writer.Write7BitEncodedInt(graph.Identities.Namespace(i));
                writer.Write7BitEncodedInt(id.Length);
                writer.Write(id);
                writer.Write7BitEncodedInt(graph.ProfileOf(i));
            }

            Dictionary<int, int> retired = graph.RetiredProfiles();
            writer.Write7BitEncodedInt(retired.Count);
            foreach ((int from, int to) in retired.OrderBy(r => r.Key))
            {
                writer.Write7BitEncodedInt(from);
                writer.Write7BitEncodedInt(to);
            }
            writer.Write7BitEncodedInt(graph.ProfileOrdinals);
        }
        stream.Write(hash.Hash!);
    });

    /// <summary>Makes a graph from its files, oldest first.</summary>
    /// <exception cref="InvalidDataException">A file is damaged, of another version, or not the successor of the one before.</exception>
    public static IdentityGraph Load(IEnumerable<string> paths)
    {
        var graph = new IdentityGraph();
        var profileOf = new List<int>();
        var survivors = new Dictionary<int, int>();
        int profiles = 0;
        foreach (string path in paths) profiles = Load(path, graph, profileOf, survivors);
        for (int identity = 0; identity < profileOf.Count; identity++)
        {
            int profile = profileOf[identity];
            while (survivors.TryGetValue(profile, out int survivor)) profile = survivor;
            graph.Restore(identity, profile);
        }
        graph.RestoreProfileOrdinals(profiles);
        graph.Commit();
        return graph;
    }

    private static int Load(string path, IdentityGraph graph, List<int> profileOf, Dictionary<int, int> survivors)
    {
        byte[] content = File.ReadAllBytes(path);
        int length = content.Length - SHA256.HashSizeInBytes;
        if (length < 8 || !SHA256.HashData(content.AsSpan(0, length)).AsSpan().SequenceEqual(content.AsSpan(length)))
            throw new InvalidDataException($"The identity file {Path.GetFileName(path)} is damaged.");
        using var reader = new BinaryReader(new MemoryStream(content, 0, length), Encoding.UTF8);
        if (reader.ReadUInt32() != Magic || reader.ReadInt32() != Version)
            throw new InvalidDataException($"{Path.GetFileName(path)} is no identity file of version {Version}.");
        bool follows = reader.Read7BitEncodedInt() == graph.Namespaces.Count;
        for (int count = reader.Read7BitEncodedInt(); count > 0; count--) graph.Namespaces.GetOrAdd(reader.ReadString());
        follows &= reader.Read7BitEncodedInt() == profileOf.Count;
        if (!follows) throw new InvalidDataException($"The identity file {Path.GetFileName(path)} does not follow the one before it.");
        Span<byte> buffer = stackalloc byte[IdentityText.MaxCharacters * 3];
        for (int count = reader.Read7BitEncodedInt(); count > 0; count--)
        {
            int nameSpace = reader.Read7BitEncodedInt(), bytes = reader.Read7BitEncodedInt();
            reader.BaseStream.ReadExactly(buffer[..bytes]);
            graph.Add(nameSpace, buffer[..bytes]);
            profileOf.Add(reader.Read7BitEncodedInt());
        }
        for (int count = reader.Read7BitEncodedInt(); count > 0; count--) survivors.Add(reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt());
        return reader.Read7BitEncodedInt();
    }
}
