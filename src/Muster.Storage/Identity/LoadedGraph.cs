using Muster.Storage.Lake;

namespace Muster.Storage.Identity;

/// <summary>A graph on its way from the payloads of identity files. One use.</summary>
internal sealed class LoadedGraph(IdentityGraph graph)
{
    private readonly List<int> _profileOf = [];
    private readonly Dictionary<int, int> _survivors = [];
    private readonly Dictionary<int, int[]> _groups = [];
    private int _profiles;

    /// <summary>Reads the next payload; false if it does not begin where the last one ended.</summary>
    public bool Read(BinaryReader reader, int version)
    {
        bool follows = reader.Read7BitEncodedInt() == graph.Namespaces.Count;
        for (int count = reader.Read7BitEncodedInt(); count > 0; count--) graph.Namespaces.GetOrAdd(reader.ReadString());
        if (version > 1)
            for (int count = reader.Read7BitEncodedInt(); count > 0; count--) Erase(reader.Read7BitEncodedInt());
        follows &= reader.Read7BitEncodedInt() == _profileOf.Count;
        if (!follows) return false;
        ReadIdentities(reader, version);
        for (int count = reader.Read7BitEncodedInt(); count > 0; count--) _survivors.Add(reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt());
        if (version > 1)
        {
            for (int count = reader.Read7BitEncodedInt(); count > 0; count--) _profileOf[reader.Read7BitEncodedInt()] = reader.Read7BitEncodedInt();
            for (int count = reader.Read7BitEncodedInt(); count > 0; count--) ReadGroup(reader);
        }
        _profiles = reader.Read7BitEncodedInt();
        return true;
    }

    /// <summary>The graph.</summary>
    public IdentityGraph Finish()
    {
        // An ordinal that retired never comes back, so what an identity was put into last leads to where it is now.
        for (int identity = 0; identity < _profileOf.Count; identity++)
        {
            int profile = _profileOf[identity];
            while (_survivors.TryGetValue(profile, out int survivor)) profile = survivor;
            _profileOf[identity] = profile;
        }
        graph.Restore(_profileOf, _profiles, _groups.Values);
        return graph;
    }

    private void Erase(int identity)
    {
        graph.Identities.Erase(identity);
        _profileOf[identity] = -1;
    }

    private void ReadIdentities(BinaryReader reader, int version)
    {
        Span<byte> buffer = stackalloc byte[IdentityRules.MaximumLength * 3];
        for (int count = reader.Read7BitEncodedInt(); count > 0; count--)
        {
            int nameSpace = reader.Read7BitEncodedInt(), bytes = reader.Read7BitEncodedInt();
            reader.BaseStream.ReadExactly(buffer[..bytes]);
            int identity = bytes == 0 ? graph.AddErased(nameSpace) : graph.Add(nameSpace, buffer[..bytes]);
            if (identity != _profileOf.Count) throw new InvalidDataException("An identity file holds an identity twice.");
            _profileOf.Add(reader.Read7BitEncodedInt() - (version > 1 ? 1 : 0));
        }
    }

    private void ReadGroup(BinaryReader reader)
    {
        int name = reader.Read7BitEncodedInt();
        int[] members = new int[reader.Read7BitEncodedInt()];
        for (int i = 0; i < members.Length; i++) members[i] = reader.Read7BitEncodedInt();
        if (members.Length == 0) _groups.Remove(name);
        else _groups[name] = members;
    }
}
