namespace Muster.Storage.Membership;

/// <summary>Collects the chunks of a result in ascending order of their keys.</summary>
internal ref struct OrdinalSetAssembly(int capacity)
{
    private readonly long[] _keys = new long[capacity];
    private readonly Container[] _containers = new Container[capacity];
    private int _count;

    /// <summary>Adds a chunk; null is a chunk without members.</summary>
    public void Add(long key, Container? container)
    {
        if (container is null) return;
        _keys[_count] = key;
        _containers[_count++] = container;
    }

    /// <summary>The result: an operand where it has the very same chunks.</summary>
    public readonly OrdinalSet ToSet(OrdinalSet left, OrdinalSet right)
    {
        if (_count == 0) return OrdinalSet.Empty;
        if (IsSame(left)) return left;
        if (IsSame(right)) return right;
        return _count == _keys.Length
            ? new OrdinalSet(_keys, _containers)
            : new OrdinalSet(_keys.AsSpan(0, _count).ToArray(), _containers.AsSpan(0, _count).ToArray());
    }

    private readonly bool IsSame(OrdinalSet operand)
    {
        if (operand.Containers.Length != _count) return false;
        for (int i = 0; i < _count; i++)
            if (!ReferenceEquals(operand.Containers[i], _containers[i])) return false;
        return true;
    }
}
