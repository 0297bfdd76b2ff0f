namespace Muster.Storage.Identity;

/// <content>What a change may bring, and how it ends.</content>
internal sealed partial class IdentityGraph
{
    private readonly StagedUnions _unions = new();

    // Published profiles that lost a link or an identity, and groups that a record touched.
    private readonly HashSet<int> _lost = [];
    private readonly HashSet<int> _touchedGroups = [];
    private readonly HashSet<int> _erased = [];

    // By published profile: bit set if a record with several identities touched it. Rules that came after it may not let it be.
    private ulong[] _seen = [];
    private GraphChange? _change;

    /// <summary>Stages an identity; its ordinal. One that is staged to be erased is another than this one.</summary>
    public int Add(int nameSpace, ReadOnlySpan<byte> id)
    {
        int identity = Identities.GetOrAdd(nameSpace, id, _erased.Count == 0 ? null : _erased);
        if (identity == _profile.Count)
        {
            if (_change is not null) throw Sealed();
            _profile.Add(None);
            _next.Add(identity);
        }
        return identity;
    }

    /// <summary>Stages that the identities, each of which is given once, were seen in one record.</summary>
    public void Join(ReadOnlySpan<int> identities)
    {
        if (identities.Length == 1)
        {
            if (identities[0] >= PublishedIdentities && _profile[identities[0]] == None) _profile[identities[0]] = Founder;
            return;
        }
        Found(identities);
        for (int i = 1; i < identities.Length; i++) Join(identities[0], identities[i]);
    }

    /// <summary>Stages that links are no more: no batch of the next state holds them.</summary>
    public void Unlink(IEnumerable<(int First, int Second)> pairs)
    {
        foreach ((int first, int second) in pairs)
        {
            Lose(first);
            Lose(second);
        }
    }

    /// <summary>Stages that links have another time, though no record of the change has them: a batch went whose time was the latest.</summary>
    public void Retime(IEnumerable<(int First, int Second)> pairs)
    {
        // Times decide in restricted groups only, and a link is inside one or outside of all.
        foreach ((int first, _) in pairs) TouchGroup(first);
    }

    /// <summary>
    /// Stages that the links of the next state are these, all of which were joined: whatever else held people together does so no more, and people
    /// whom the rules divide are looked at again. Memory: 4 bytes an identity.
    /// </summary>
    public void Relink(IEnumerable<(int First, int Second)> links)
    {
        int[] parents = new int[Identities.Count];
        for (int identity = 0; identity < parents.Length; identity++) parents[identity] = identity;
        foreach ((int first, int second) in links) parents[Root(second)] = Root(first);
        for (int identity = 0; identity < PublishedIdentities; identity++)
        {
            TouchGroup(identity);
            int profile = _profile.Published(identity);
            if (profile >= 0 && Root(identity) != Root(_member.Published(profile))) Lose(identity);
        }

        int Root(int identity)
        {
            while (parents[identity] != identity) identity = parents[identity] = parents[parents[identity]];
            return identity;
        }
    }

    /// <summary>
    /// Stages that committed identities are forgotten for ever: their text goes, their ordinals are never used again, and what links them counts
    /// no more. A profile all of whose identities are erased ends. Text that is added later, in this change or after it, is a new identity.
    /// </summary>
    public void Erase(IEnumerable<int> identities)
    {
        foreach (int identity in identities)
        {
            if (identity >= PublishedIdentities) throw new ArgumentException("Only committed identities can be erased.", nameof(identities));
            if (_profile.Published(identity) < 0 || !_erased.Add(identity)) continue;
            Lose(identity);
        }
    }

    /// <summary>Makes everything staged visible.</summary>
    /// <exception cref="InvalidOperationException">Something is staged that is not sealed.</exception>
    public void Commit()
    {
        lock (_gate)
        {
            if (_change is null && HasStaged) throw new InvalidOperationException("The change of the identity graph is not sealed.");
            int firstNew = _member.PublishedCount;
            foreach (int identity in _erased) Identities.Erase(identity);
            _profile.Commit();
            _next.Commit();
            _member.Commit();
            _groups.Commit();
            _publishedNamespaces = Namespaces.Count;
            if (_change is not null)
                foreach (int profile in _change.Retired.Keys.Concat(_change.Ended).Concat(_change.Changed)) SetNamespaces(profile);
            for (int profile = firstNew; profile < _member.Count; profile++) SetNamespaces(profile);
            StartOver();
        }
    }

    /// <summary>Forgets everything staged.</summary>
    public void Rollback()
    {
        lock (_gate)
        {
            Identities.Truncate(PublishedIdentities);
            Namespaces.Truncate(_publishedNamespaces);
            _profile.Rollback();
            _next.Rollback();
            _member.Rollback();
            _groups.Rollback();
            StartOver();
        }
    }

    private bool HasStaged => _profile.Count > _profile.PublishedCount || _unions.Profiles.Count > 0 || _lost.Count > 0 || _touchedGroups.Count > 0;

    private static InvalidOperationException Sealed() => new("The change of the identity graph is sealed.");

    private void Join(int left, int right)
    {
        if (left == right) return;
        int leftNode = NodeOf(left), rightNode = NodeOf(right);
        if (!_groups.IsEmpty)
        {
            TouchGroup(left);
            TouchGroup(right);
        }
        if (leftNode == rightNode)
        {
            MarkSeen(~leftNode);
            return;
        }
        if (_change is not null) throw Sealed();
        Splice(left, right, leftNode, rightNode);
    }

    private void Found(ReadOnlySpan<int> identities)
    {
        int first = int.MaxValue, unseen = 0;
        foreach (int identity in identities)
        {
            if (identity < PublishedIdentities || _profile[identity] != None) continue;
            unseen++;
            first = Math.Min(first, identity);
        }
        if (unseen == 0) return;
        foreach (int identity in identities)
            if (identity >= PublishedIdentities && _profile[identity] == None) _profile[identity] = identity == first && unseen == identities.Length ? Founder : Follower;
    }

    private void Splice(int left, int right, int leftNode, int rightNode)
    {
        if (_unions.Unite(leftNode, rightNode)) (_next[left], _next[right]) = (_next[right], _next[left]);
    }

    private int NodeOf(int identity)
    {
        if (identity >= PublishedIdentities) return identity;
        int profile = _profile.Published(identity);
        return profile >= 0 ? ~profile : throw new ArgumentException("An erased identity cannot be joined.", nameof(identity));
    }

    private void MarkSeen(int profile)
    {
        if (_seen.Length == 0) _seen = new ulong[(_member.PublishedCount + 63) / 64];
        _seen[profile >> 6] |= 1UL << profile;
    }

    private void TouchGroup(int identity)
    {
        int group = _groups.Of(identity);
        if (group >= 0) _touchedGroups.Add(group);
    }

    private void Lose(int identity)
    {
        if (_change is not null) throw Sealed();
        int profile = identity < PublishedIdentities ? _profile.Published(identity) : None;
        if (profile < 0) return;
        _lost.Add(profile);
        TouchGroup(identity);
    }

    private void SetNamespaces(int profile)
    {
        ushort set = 0;
        int first = _member.Published(profile), identity = first;
        if (first >= 0)
        {
            do
            {
                set = _namespaces.With(set, Identities.Namespace(identity));
                identity = _next.Published(identity);
            }
            while (identity != first);
        }
        _namespaces[profile] = set;
    }

    private void StartOver()
    {
        _change = null;
        _lost.Clear();
        _touchedGroups.Clear();
        _erased.Clear();
        _seen = [];
        _unions.Clear(PublishedIdentities);
    }
}
