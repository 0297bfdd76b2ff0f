namespace Muster.Storage.Identity;

/// <content>Which identity is which person, all at once.</content>
internal sealed partial class IdentityGraph
{
    /// <summary>The namespaces of all committed profiles, and the names of namespaces by number.</summary>
    public (NamespaceSets Sets, string[] Names) CopyNamespaces()
    {
        lock (_gate) return (_namespaces.Copy(), [.. Enumerable.Range(0, _publishedNamespaces).Select(n => Namespaces[n])]);
    }

    /// <summary>The committed profile of each committed identity; -1 for erased ones.</summary>
    public int[] CopyProfiles()
    {
        lock (_gate)
        {
            int[] profiles = new int[PublishedIdentities];
            for (int identity = 0; identity < profiles.Length; identity++) profiles[identity] = _profile.Published(identity);
            return profiles;
        }
    }
}
