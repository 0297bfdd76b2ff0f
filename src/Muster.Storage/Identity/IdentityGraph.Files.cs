namespace Muster.Storage.Identity;

/// <content>What files keep of a graph, and how a graph is made from it.</content>
internal sealed partial class IdentityGraph
{
    /// <summary>Staged: committed identities that are erased, increasing.</summary>
    public IEnumerable<int> StagedErasures => _erased.Order();

    /// <summary>Staged: published profiles that others took over.</summary>
    public IReadOnlyDictionary<int, int> StagedRetirements => _change?.Retired ?? new Dictionary<int, int>();

    /// <summary>Staged: committed identities that went to another profile than the one that took their profile over, increasing.</summary>
    public IEnumerable<(int Identity, int Profile)> StagedMoves
    {
        get
        {
            IReadOnlyDictionary<int, int> retired = StagedRetirements;
            return _profile.Changes.Where(c => c.Value >= 0 && c.Value != Heir(c.Key)).OrderBy(c => c.Key).Select(c => (c.Key, c.Value));

            int Heir(int identity)
            {
                int profile = _profile.Published(identity);
                return retired.GetValueOrDefault(profile, profile);
            }
        }
    }

    /// <summary>True if the identity is erased, or staged to be.</summary>
    public bool IsErased(int identity) => _profile[identity] < 0;

    /// <summary>Puts identities that <see cref="Add"/> or <see cref="AddErased"/> staged into the profiles that files say, and publishes them.</summary>
    /// <param name="profileOf">By identity; -1 for erased ones.</param>
    /// <param name="profiles">The number of profile ordinals, of which the last ones may be retired.</param>
    /// <param name="groups">The restricted groups, each increasing.</param>
    public void Restore(IReadOnlyList<int> profileOf, int profiles, IEnumerable<int[]> groups)
    {
        while (_member.Count < profiles) _member.Add(None);
        var grouped = new HashSet<int>();
        foreach (int[] group in groups)
        {
            _groups.Add(group);
            grouped.UnionWith(group);
        }
        int[] sizes = new int[profiles];
        for (int identity = 0; identity < profileOf.Count; identity++)
        {
            int profile = profileOf[identity];
            if (profile < 0) continue;
            _profile[identity] = profile;
            sizes[profile]++;
            int first = _member[profile];
            if (first < 0) _member[profile] = identity;
            else (_next[identity], _next[first]) = (_next[first], identity);
        }
        // Stores of the time before the limit may have people above it: groups of one, which the next record that touches them divides.
        for (int profile = 0; profile < profiles; profile++)
        {
            if (sizes[profile] <= _limit) continue;
            var members = new List<int>();
            Walk(_member[profile], members);
            members.Sort();
            if (!grouped.Contains(members[0])) _groups.Add([.. members]);
        }
        _change = new GraphChange(new Dictionary<int, int>(), new Dictionary<int, int[]>(), [], []);
        Commit();
    }

    /// <summary>Stages an identity that was erased; its ordinal. For <see cref="Restore"/>.</summary>
    public int AddErased(int nameSpace)
    {
        int identity = Identities.Add(nameSpace, []);
        _profile.Add(None);
        _next.Add(identity);
        return identity;
    }
}
