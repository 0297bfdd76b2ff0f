namespace Muster.Storage.Identity;

/// <summary>
/// The raw components that are more than one person, because they were too large or broke a rule: their identities have to be looked at together
/// whenever a record touches one of them. A group is named after its smallest identity. Few identities are in any.
/// </summary>
internal sealed class RestrictedGroups
{
    private readonly Dictionary<int, int[]> _members = [];
    private readonly Dictionary<int, int> _groupOf = [];
    private readonly SortedDictionary<int, int[]?> _staged = [];

    /// <summary>True if there is no committed group.</summary>
    public bool IsEmpty => _members.Count == 0;

    /// <summary>Staged: groups by name that are new or other than before (their identities, increasing), or no more (null).</summary>
    public IReadOnlyDictionary<int, int[]?> Staged => _staged;

    /// <summary>All groups as they will be.</summary>
    public IEnumerable<(int Name, int[] Members)> Next => _members.Where(g => !_staged.ContainsKey(g.Key)).Select(g => (g.Key, g.Value))
        .Concat(_staged.Where(g => g.Value is not null).Select(g => (g.Key, g.Value!))).OrderBy(g => g.Key);

    /// <summary>The committed group of an identity, or -1.</summary>
    public int Of(int identity) => _members.Count == 0 ? -1 : _groupOf.GetValueOrDefault(identity, -1);

    /// <summary>The identities of a committed group, increasing.</summary>
    public int[] Members(int group) => _members[group];

    /// <summary>Stages that a committed group is no more, or that it is made anew by <see cref="Add"/>.</summary>
    public void Remove(int group) => _staged[group] = null;

    /// <summary>Stages a group.</summary>
    /// <param name="members">Increasing.</param>
    public void Add(int[] members)
    {
        if (_members.TryGetValue(members[0], out int[]? before) && before.AsSpan().SequenceEqual(members)) _staged.Remove(members[0]);
        else _staged[members[0]] = members;
    }

    /// <summary>Publishes what is staged.</summary>
    public void Commit()
    {
        foreach (int group in _staged.Keys)
        {
            if (!_members.Remove(group, out int[]? before)) continue;
            foreach (int member in before) _groupOf.Remove(member);
        }
        foreach ((int group, int[]? members) in _staged)
        {
            if (members is null) continue;
            _members.Add(group, members);
            foreach (int member in members) _groupOf[member] = group;
        }
        _staged.Clear();
    }

    /// <summary>Drops what is staged.</summary>
    public void Rollback() => _staged.Clear();
}
