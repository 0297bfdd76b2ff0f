using System.Numerics;
using System.Text;

namespace Muster.Storage.Identity;

/// <summary>
/// Which identities are one person. Identities that were seen in one record are linked; a connected component has one profile ordinal, and when
/// components merge the smallest one survives. One writer stages records; readers see what was committed.
/// </summary>
internal sealed class IdentityGraph
{
    private readonly Lock _gate = new();

    // By identity: its component, which is named after one of its members, and the next member in the component's ring.
    private readonly StagedArray _component = new();
    private readonly StagedArray _next = new();

    // By identity that names a component: the profile's ordinal, -1 before it has one. By profile: a member, -1 when it is retired.
    private readonly StagedArray _profile = new();
    private readonly StagedArray _member = new();

    // Staged: retired profile to the one that took it over (which may be retired in turn).
    private readonly Dictionary<int, int> _retired = [];

    // Plane p, profile o: bit b is set if the profile has an identity of namespace 64 p + b. Published profiles only.
    private readonly List<ulong[]> _namespacesOf = [];
    private int _publishedNamespaces;

    /// <summary>The namespaces.</summary>
    public NamespaceTable Namespaces { get; } = new();

    /// <summary>The identities; those from <see cref="PublishedIdentities"/> on are staged.</summary>
    public IdentityTable Identities { get; } = new();

    /// <summary>The number of committed identities.</summary>
    public int PublishedIdentities => _component.PublishedCount;

    /// <summary>The number of committed namespaces.</summary>
    public int PublishedNamespaces => _publishedNamespaces;

    /// <summary>The number of profile ordinals handed out, staged ones included.</summary>
    public int ProfileOrdinals => _member.Count;

    /// <summary>Stages an identity; its ordinal.</summary>
    public int Add(int nameSpace, ReadOnlySpan<byte> id)
    {
        int identity = Identities.GetOrAdd(nameSpace, id);
        if (identity == _component.Count)
        {
            _component.Add(identity);
            _next.Add(identity);
            _profile.Add(-1);
        }
        return identity;
    }

    /// <summary>Stages that the identities were seen in one record; they become one component with a profile.</summary>
    public void Join(ReadOnlySpan<int> identities)
    {
        int component = _component[identities[0]];
        foreach (int identity in identities[1..]) component = Merge(component, _component[identity]);
        if (_profile[component] < 0) SetProfile(component, AddProfile(component));
    }

    /// <summary>The staged profile of an identity.</summary>
    public int ProfileOf(int identity) => _profile[_component[identity]];

    /// <summary>Staged: retired profile ordinals and the ordinals that took them over, both committed ones before.</summary>
    public Dictionary<int, int> RetiredProfiles()
    {
        var result = new Dictionary<int, int>();
        foreach (int retired in _retired.Keys)
        {
            int survivor = retired;
            while (_retired.TryGetValue(survivor, out int next)) survivor = next;
            if (retired < _member.PublishedCount) result.Add(retired, survivor);
        }
        return result;
    }

    /// <summary>The committed identities of a committed profile that is staged to retire, or of any other.</summary>
    public List<int> PublishedMembers(int profile)
    {
        var members = new List<int>();
        int first = profile < _member.PublishedCount ? _member.Published(profile) : -1;
        if (first < 0) return members;
        int identity = first;
        do
        {
            members.Add(identity);
            identity = _next.Published(identity);
        }
        while (identity != first);
        return members;
    }

    /// <summary>The staged identities of a staged profile, in the order of namespace name and id.</summary>
    public void Members(int profile, List<int> members)
    {
        members.Clear();
        int first = _member[profile], identity = first;
        if (first < 0) return;
        do
        {
            members.Add(identity);
            identity = _next[identity];
        }
        while (identity != first);
        members.Sort(Compare);
    }

    /// <summary>Orders identities by the name of the namespace and the bytes of the id.</summary>
    public int Compare(int left, int right)
    {
        int a = Identities.Namespace(left), b = Identities.Namespace(right);
        int order = a == b ? 0 : string.CompareOrdinal(Namespaces[a], Namespaces[b]);
        return order != 0 ? order : Identities.Id(left).SequenceCompareTo(Identities.Id(right));
    }

    /// <summary>The committed profile of an identity, or -1.</summary>
    public int FindProfile(string nameSpace, string id)
    {
        lock (_gate)
        {
            int number = Namespaces.Find(nameSpace);
            int identity = number < 0 ? -1 : Identities.Find(number, Encoding.UTF8.GetBytes(id));
            return identity < 0 || identity >= PublishedIdentities ? -1 : _profile.Published(_component.Published(identity));
        }
    }

    /// <summary>The committed identities of a profile in the order of namespace name and id; none if there is no such profile.</summary>
    public List<(string Namespace, string Id)> IdentitiesOf(long profile)
    {
        lock (_gate)
        {
            if (profile < 0 || profile >= _member.PublishedCount) return [];
            List<int> members = PublishedMembers((int)profile);
            members.Sort(Compare);
            return members.ConvertAll(m => (Namespaces[Identities.Namespace(m)], Encoding.UTF8.GetString(Identities.Id(m))));
        }
    }

    /// <summary>For each namespace the number of the given profiles that have an identity in it.</summary>
    public Dictionary<string, int> CountNamespaces(IEnumerable<long> profiles)
    {
        lock (_gate)
        {
            int[] counts = new int[_namespacesOf.Count * 64];
            foreach (long profile in profiles)
                for (int plane = 0; plane < _namespacesOf.Count; plane++)
                    for (ulong mask = _namespacesOf[plane][profile]; mask != 0; mask &= mask - 1)
                        counts[(plane * 64) + BitOperations.TrailingZeroCount(mask)]++;
            return Enumerable.Range(0, _publishedNamespaces).Where(n => counts[n] > 0).ToDictionary(n => Namespaces[n], n => counts[n], StringComparer.OrdinalIgnoreCase);
        }
    }

    /// <summary>Puts an identity that was read from a file into a profile that was read from a file.</summary>
    public void Restore(int identity, int profile)
    {
        while (_member.Count <= profile) _member.Add(-1);
        if (_member[profile] < 0)
        {
            _member[profile] = identity;
            _component[identity] = identity;
            _next[identity] = identity;
            _profile[identity] = profile;
            return;
        }
        int first = _member[profile];
        _component[identity] = _component[first];
        (_next[identity], _next[first]) = (_next[first], identity);
    }

    /// <summary>Makes the next profile ordinal what it was, though the last ones may all be retired.</summary>
    public void RestoreProfileOrdinals(int count)
    {
        while (_member.Count < count) _member.Add(-1);
    }

    /// <summary>Makes everything staged visible.</summary>
    public void Commit()
    {
        lock (_gate)
        {
            int firstNew = PublishedIdentities;
            MoveNamespaces(RetiredProfiles());
            _component.Commit();
            _next.Commit();
            _profile.Commit();
            _member.Commit();
            _retired.Clear();
            _publishedNamespaces = Namespaces.Count;
            for (int identity = firstNew; identity < PublishedIdentities; identity++) MarkNamespace(identity);
        }
    }

    /// <summary>Forgets everything staged.</summary>
    public void Rollback()
    {
        lock (_gate)
        {
            Identities.Truncate(PublishedIdentities);
            Namespaces.Truncate(_publishedNamespaces);
            _component.Rollback();
            _next.Rollback();
            _profile.Rollback();
            _member.Rollback();
            _retired.Clear();
        }
    }

    private int Merge(int left, int right)
    {
        if (left == right) return left;
        // The smaller component takes the other's name; walking both rings at once finds it in the time of the smaller one.
        int a = left, b = right;
        do
        {
            a = _next[a];
            b = _next[b];
        }
        while (a != left && b != right);
        (int large, int small) = b == right ? (left, right) : (right, left);
        int member = small;
        do
        {
            _component[member] = large;
            member = _next[member];
        }
        while (member != small);
        (_next[large], _next[small]) = (_next[small], _next[large]);

        int first = _profile[large], second = _profile[small];
        if (first >= 0 && second >= 0)
        {
            int survivor = Math.Min(first, second), retired = Math.Max(first, second);
            _retired.Add(retired, survivor);
            _member[retired] = -1;
            SetProfile(large, survivor);
        }
        else if (second >= 0)
        {
            SetProfile(large, second);
        }
        return large;
    }

    private int AddProfile(int component)
    {
        _member.Add(component);
        return _member.Count - 1;
    }

    private void SetProfile(int component, int profile)
    {
        _profile[component] = profile;
        _member[profile] = component;
    }

    private void MoveNamespaces(Dictionary<int, int> retired)
    {
        foreach (ulong[] plane in _namespacesOf)
        {
            foreach ((int from, int to) in retired)
            {
                if (to < _member.PublishedCount) plane[to] |= plane[from];
                plane[from] = 0;
            }
        }
    }

    private void MarkNamespace(int identity)
    {
        int nameSpace = Identities.Namespace(identity), profile = _profile.Published(_component.Published(identity));
        while (_namespacesOf.Count <= nameSpace >> 6) _namespacesOf.Add([]);
        ulong[] plane = _namespacesOf[nameSpace >> 6];
        if (profile >= plane.Length)
        {
            Array.Resize(ref plane, Math.Max(_member.PublishedCount, plane.Length * 2));
            _namespacesOf[nameSpace >> 6] = plane;
        }
        plane[profile] |= 1UL << (nameSpace & 63);
    }
}
