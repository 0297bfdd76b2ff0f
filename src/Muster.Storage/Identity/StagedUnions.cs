namespace Muster.Storage.Identity;

/// <summary>
/// Which published people and new identities one change has joined: a union-find whose nodes are new identities (by ordinal) and published
/// profiles (by <c>~ordinal</c>). Takes memory for what is joined only.
/// </summary>
internal sealed class StagedUnions
{
    private readonly Dictionary<int, int> _profileParents = [];
    private int[] _parents = [];
    private int _firstNew, _count;

    /// <summary>The published profiles that were joined with something.</summary>
    public IReadOnlyCollection<int> Profiles => _profileParents.Keys;

    /// <summary>True if the published profile was joined with something.</summary>
    public bool Contains(int profile) => _profileParents.ContainsKey(profile);

    /// <summary>Starts a change in which identities from <paramref name="firstNew"/> on are new.</summary>
    public void Clear(int firstNew)
    {
        bool large = _profileParents.Count > 4096;
        _profileParents.Clear();
        if (large) _profileParents.TrimExcess();
        _parents = [];
        _count = 0;
        _firstNew = firstNew;
    }

    /// <summary>Joins two nodes; false if they were joined before.</summary>
    public bool Unite(int left, int right)
    {
        left = Find(left);
        right = Find(right);
        if (left == right) return false;
        SetParent(right, left);
        if (left < 0) _profileParents.TryAdd(~left, left);
        return true;
    }

    private int Find(int node)
    {
        for (int parent = Parent(node); parent != node;)
        {
            int above = Parent(parent);
            if (above != parent) SetParent(node, above);
            (node, parent) = (parent, above);
        }
        return node;
    }

    private int Parent(int node)
    {
        if (node < 0) return _profileParents.GetValueOrDefault(~node, node);
        int place = node - _firstNew;
        return place < _count ? _parents[place] : node;
    }

    private void SetParent(int node, int parent)
    {
        if (node < 0)
        {
            _profileParents[~node] = parent;
            return;
        }
        int place = node - _firstNew;
        if (place >= _parents.Length) Array.Resize(ref _parents, Math.Max(1024, checked((place + 1) * 2)));
        for (; _count <= place; _count++) _parents[_count] = _firstNew + _count;
        _parents[place] = parent;
    }
}
