namespace Muster.Storage.Identity;

/// <content>
/// Finds the people of a change. Regions are what joins connect, and groups as a whole: no link leads out of one. Only those that the rules
/// restrict, or that lost something, need their links; the rest are one person each.
/// </content>
internal sealed partial class IdentityGraph
{
    // As the profile of a new identity before it has one, beside None: it was first seen in a record of new identities only, and is the first of
    // them; or it was not. Each founder takes an ordinal, also if its people turn out to be known: so how records come in batches changes no ordinal.
    private const int Founder = -2, Follower = -3;

    // Taken from those when the identity's region was looked at.
    private const int LookedAt = 4;

    private readonly List<int> _region = [];

    /// <summary>Finds out who is whom after everything staged, and gives new people their ordinals. Nothing more can be staged after it.</summary>
    /// <param name="rules">The rules of the sandbox.</param>
    /// <param name="links">The links of the next state.</param>
    public GraphChange Seal(LinkingRules rules, ILinkSource links)
    {
        if (_change is not null) throw Sealed();
        var partition = new ComponentPartition(this, new NamespaceRules(rules, Namespaces), _limit);
        var outcome = new SealOutcome();
        List<int> founders = Founders();
        UniteGroups();
        var regions = new List<int[]>();
        LookAtPublished(partition, rules.UniqueNamespaces.Count > 0, regions, outcome);
        LookAtNew(partition, regions);
        if (regions.Count > 0) Divide(partition, regions, links, outcome);
        NameParts(outcome);
        NameNew(founders);
        return _change = outcome.ToChange();
    }

    private void UniteGroups()
    {
        if (_groups.IsEmpty) return;
        foreach (int profile in _unions.Profiles) TouchGroup(_member.Published(profile));
        foreach (int group in _touchedGroups)
        {
            int[] members = _groups.Members(group);
            _groups.Remove(group);
            foreach (int member in members) Splice(members[0], member, NodeOf(members[0]), NodeOf(member));
        }
    }

    private void LookAtPublished(ComponentPartition partition, bool rulesMayRestrict, List<int[]> regions, SealOutcome outcome)
    {
        var visited = new HashSet<int>();
        IEnumerable<int> profiles = _unions.Profiles.Concat(_lost).Concat(_touchedGroups.Select(g => _profile.Published(g)));
        if (rulesMayRestrict) profiles = profiles.Concat(SeenProfiles());
        foreach (int profile in profiles)
        {
            if (!visited.Add(profile)) continue;
            _region.Clear();
            Walk(_member.Published(profile), _region);
            bool isJoined = false, lost = false;
            foreach (int identity in _region)
            {
                if (identity < PublishedIdentities)
                {
                    int other = _profile.Published(identity);
                    visited.Add(other);
                    isJoined |= other != profile;
                    lost |= _lost.Contains(other) || _groups.Of(identity) >= 0;
                }
                else
                {
                    isJoined = true;
                }
            }
            if (lost || partition.Restricts(_region)) AddRegion(regions, outcome);
            else if (isJoined) Keep(outcome);
        }
    }

    private void LookAtNew(ComponentPartition partition, List<int[]> regions)
    {
        for (int identity = PublishedIdentities; identity < _profile.Count; identity++)
        {
            if (_next[identity] == identity || _profile[identity] is >= 0 or <= None - LookedAt) continue;
            _region.Clear();
            Walk(identity, _region);
            if (partition.Restricts(_region)) AddRegion(regions, null);
            else foreach (int member in _region) _profile[member] -= LookedAt;
        }
    }

    private void AddRegion(List<int[]> regions, SealOutcome? outcome)
    {
        var members = new List<int>(_region.Count);
        foreach (int identity in _region)
        {
            if (identity < PublishedIdentities && _erased.Contains(identity))
            {
                _next[identity] = identity;
                _profile[identity] = None;
                outcome!.Ended.Add(_profile.Published(identity));
                continue;
            }
            if (identity >= PublishedIdentities) _profile[identity] -= LookedAt;
            members.Add(identity);
        }
        // What remains of a profile claims its ordinal.
        foreach (int identity in members)
            if (identity < PublishedIdentities) outcome!.Ended.Remove(_profile.Published(identity));
        foreach (int profile in _region.Where(i => i < PublishedIdentities).Select(_profile.Published).Distinct())
            if (outcome!.Ended.Contains(profile)) _member[profile] = None;
        if (members.Count == 0) return;
        members.Sort();
        regions.Add([.. members]);
    }

    /// <summary>Makes a region one person, who has a published ordinal.</summary>
    private void Keep(SealOutcome outcome)
    {
        int survivor = int.MaxValue;
        foreach (int identity in _region)
            if (identity < PublishedIdentities) survivor = Math.Min(survivor, _profile.Published(identity));
        foreach (int identity in _region)
        {
            if (identity < PublishedIdentities && _profile.Published(identity) is int profile && profile != survivor) Retire(profile, survivor, outcome);
            _profile[identity] = survivor;
        }
        outcome.Changed.Add(survivor);
    }

    private void Retire(int profile, int survivor, SealOutcome outcome)
    {
        if (outcome.Retired.TryAdd(profile, survivor)) _member[profile] = None;
    }

    private void Divide(ComponentPartition partition, List<int[]> regions, ILinkSource links, SealOutcome outcome)
    {
        var regionOf = new Dictionary<int, int>();
        for (int r = 0; r < regions.Count; r++)
            foreach (int identity in regions[r]) regionOf.Add(identity, r);
        var within = new List<Link>[regions.Count];
        foreach (Link link in links.Among(regionOf.Keys))
            if (regionOf.TryGetValue(link.First, out int r) && regionOf.TryGetValue(link.Second, out int s) && r == s) (within[r] ??= []).Add(link);
        for (int r = 0; r < regions.Count; r++)
        {
            // Regions are increasing, so the first of a profile's identities is its smallest.
            var smallest = new Dictionary<int, int>();
            foreach (int identity in regions[r])
                if (identity < PublishedIdentities) smallest.TryAdd(_profile.Published(identity), identity);
            foreach (ComponentPartition.Component component in partition.Resolve(regions[r], within[r] ?? []))
            {
                if (component.IsRestricted) _groups.Add(component.Members);
                foreach (int[] part in component.People) Claim(part, smallest, outcome);
            }
        }
    }

    /// <summary>Makes identities one person, who has the smallest of the published ordinals that the smallest identity of each is here of.</summary>
    private void Claim(int[] part, Dictionary<int, int> smallest, SealOutcome outcome)
    {
        for (int i = 0; i < part.Length; i++) _next[part[i]] = part[i + 1 == part.Length ? 0 : i + 1];
        List<int> before = [.. part.Where(i => i < PublishedIdentities).Select(_profile.Published).Distinct().Order()];
        List<int> claimed = before.FindAll(p => Array.BinarySearch(part, smallest[p]) >= 0);
        if (claimed.Count == 0)
        {
            if (before.Count > 0) outcome.Parts.Add((part, [.. before]));
            return;
        }
        int survivor = claimed[0];
        bool isSame = before.Count == 1 && part[^1] < PublishedIdentities && part.Length == PublishedMembers(survivor).Count;
        foreach (int identity in part) _profile[identity] = survivor;
        _member[survivor] = part[0];
        foreach (int profile in claimed.Skip(1)) Retire(profile, survivor, outcome);
        if (!isSame) outcome.Changed.Add(survivor);
    }

    private void NameParts(SealOutcome outcome)
    {
        outcome.Parts.Sort((left, right) => left.Members[0].CompareTo(right.Members[0]));
        foreach ((int[] members, int[] before) in outcome.Parts)
        {
            int ordinal = _member.Count;
            _member.Add(members[0]);
            foreach (int identity in members) _profile[identity] = ordinal;
            outcome.Sources.Add(ordinal, before);
            outcome.Changed.Add(ordinal);
        }
    }

    private void NameNew(List<int> founders)
    {
        foreach (int founder in founders)
        {
            _member.Add(None);
            if (_profile[founder] < 0) NameRing(founder, _member.Count - 1);
        }
        // Division may leave people without a founder.
        for (int identity = PublishedIdentities; identity < _profile.Count; identity++)
        {
            if (_profile[identity] >= 0) continue;
            _member.Add(None);
            NameRing(identity, _member.Count - 1);
        }
    }

    private void NameRing(int first, int ordinal)
    {
        _member[ordinal] = first;
        int identity = first;
        do
        {
            _profile[identity] = ordinal;
            identity = _next[identity];
        }
        while (identity != first);
    }

    private List<int> Founders()
    {
        var founders = new List<int>();
        for (int identity = PublishedIdentities; identity < _profile.Count; identity++)
            if (_profile[identity] != Follower) founders.Add(identity);
        return founders;
    }

    private IEnumerable<int> SeenProfiles()
    {
        for (int word = 0; word < _seen.Length; word++)
            for (ulong bits = _seen[word]; bits != 0; bits &= bits - 1) yield return (word * 64) + System.Numerics.BitOperations.TrailingZeroCount(bits);
    }

    /// <summary>What sealing has found so far.</summary>
    private sealed class SealOutcome
    {
        public Dictionary<int, int> Retired { get; } = [];

        public Dictionary<int, int[]> Sources { get; } = [];

        public HashSet<int> Ended { get; } = [];

        public SortedSet<int> Changed { get; } = [];

        /// <summary>People with published identities and without a claim, and the published ordinals of their members.</summary>
        public List<(int[] Members, int[] Before)> Parts { get; } = [];

        public GraphChange ToChange() => new(Retired, Sources, [.. Ended.Order()], Changed);
    }
}
