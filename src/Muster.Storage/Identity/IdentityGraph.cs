using System.Text;

namespace Muster.Storage.Identity;

/// <summary>
/// Which identities are one person. Identities that were seen in one record are linked; who is whom hangs on the links and the rules alone,
/// only the ordinals of profiles have a history. One writer stages a change, seals it, and commits it or rolls it back; readers see what was
/// committed. <c>docs/adr/0007-identity-graph.md</c> has the rules.
/// </summary>
internal sealed partial class IdentityGraph
{
    /// <summary>The most identities that a person may have.</summary>
    public const int DefaultLimit = 50;

    // As a profile: none, for an erased identity or a new one before the change is sealed.
    private const int None = -1;

    private readonly Lock _gate = new();
    private readonly int _limit;

    // By identity: its profile, and the next identity of the profile in a ring. While a change is staged, rings join what it joined.
    private readonly StagedArray _profile = new();
    private readonly StagedArray _next = new();

    // By profile: one of its identities, None when it is retired.
    private readonly StagedArray _member = new();

    private readonly RestrictedGroups _groups = new();
    private readonly NamespaceSets _namespaces = new();
    private int _publishedNamespaces;

    /// <summary>An empty graph.</summary>
    public IdentityGraph() : this(DefaultLimit)
    {
    }

    /// <summary>An empty graph with another limit of identities a person.</summary>
    internal IdentityGraph(int limit) => _limit = limit;

    /// <summary>The namespaces.</summary>
    public NamespaceTable Namespaces { get; } = new();

    /// <summary>The identities; those from <see cref="PublishedIdentities"/> on are staged.</summary>
    public IdentityTable Identities { get; } = new();

    /// <summary>The number of committed identities, erased ones included.</summary>
    public int PublishedIdentities => _profile.PublishedCount;

    /// <summary>The number of committed namespaces.</summary>
    public int PublishedNamespaces => _publishedNamespaces;

    /// <summary>The number of profile ordinals handed out, staged ones included once the change is sealed.</summary>
    public int ProfileOrdinals => _member.Count;

    /// <summary>The raw components that are more than one person.</summary>
    internal RestrictedGroups Groups => _groups;

    /// <summary>The staged profile of an identity, when the change is sealed; -1 if it was erased.</summary>
    public int ProfileOf(int identity) => _profile[identity];

    /// <summary>The staged identities of a staged profile, in the order of namespace name and id.</summary>
    public void Members(int profile, List<int> members)
    {
        members.Clear();
        int first = _member[profile];
        if (first < 0) return;
        Walk(first, members);
        if (members.Count > 1) members.Sort(Compare);
    }

    /// <summary>Orders identities by the name of the namespace, regardless of case, and the bytes of the id.</summary>
    public int Compare(int left, int right)
    {
        int a = Identities.Namespace(left), b = Identities.Namespace(right);
        int order = a == b ? 0 : string.Compare(Namespaces[a], Namespaces[b], StringComparison.OrdinalIgnoreCase);
        return order != 0 ? order : Identities.Id(left).SequenceCompareTo(Identities.Id(right));
    }

    /// <summary>The ordinal of a committed identity, or -1.</summary>
    public int FindIdentity(string nameSpace, string id)
    {
        lock (_gate)
        {
            int number = Namespaces.Find(nameSpace);
            int identity = number < 0 ? -1 : Identities.Find(number, Encoding.UTF8.GetBytes(id));
            return identity < PublishedIdentities ? identity : -1;
        }
    }

    /// <summary>The committed profile of an identity, or -1.</summary>
    public int FindProfile(string nameSpace, string id)
    {
        lock (_gate)
        {
            int identity = FindIdentity(nameSpace, id);
            return identity < 0 ? None : _profile.Published(identity);
        }
    }

    /// <summary>A committed identity; its id is empty if it was erased.</summary>
    public (string Namespace, string Id) Identity(int ordinal)
    {
        lock (_gate) return (Namespaces[Identities.Namespace(ordinal)], Encoding.UTF8.GetString(Identities.Id(ordinal)));
    }

    /// <summary>The committed identities of a profile in the order of namespace name and id; none if there is no such profile.</summary>
    public List<(string Namespace, string Id)> IdentitiesOf(long profile)
    {
        lock (_gate)
        {
            List<int> members = PublishedMembers(profile);
            members.Sort(Compare);
            return members.ConvertAll(Identity);
        }
    }

    /// <summary>The ordinals of the committed identities of a profile, increasing; none if there is no such profile.</summary>
    public List<int> MembersOf(long profile)
    {
        lock (_gate)
        {
            List<int> members = PublishedMembers(profile);
            members.Sort();
            return members;
        }
    }

    /// <summary>The number of the namespace of a committed identity.</summary>
    public int NamespaceOf(int identity)
    {
        lock (_gate) return Identities.Namespace(identity);
    }

    /// <summary>For each namespace the number of the given identities that are in it.</summary>
    public Dictionary<string, int> CountNamespacesOfIdentities(IEnumerable<long> identities)
    {
        lock (_gate)
        {
            int[] counts = new int[_publishedNamespaces];
            foreach (long identity in identities) counts[Identities.Namespace((int)identity)]++;
            return Named(counts);
        }
    }

    private Dictionary<string, int> Named(int[] counts) => Enumerable.Range(0, counts.Length).Where(n => counts[n] > 0)
        .ToDictionary(n => Namespaces[n], n => counts[n], StringComparer.OrdinalIgnoreCase);

    private List<int> PublishedMembers(long profile)
    {
        var members = new List<int>();
        int first = profile >= 0 && profile < _member.PublishedCount ? _member.Published((int)profile) : None;
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

    private void Walk(int first, List<int> members)
    {
        int identity = first;
        do
        {
            members.Add(identity);
            identity = _next[identity];
        }
        while (identity != first);
    }
}
