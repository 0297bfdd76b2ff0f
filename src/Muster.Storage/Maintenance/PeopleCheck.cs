using DuckDB.NET.Data;
using Muster.Storage.DuckDb;
using Muster.Storage.Identity;
using Muster.Storage.Profiles;

namespace Muster.Storage.Maintenance;

/// <summary>
/// Whether who is whom follows from the links and the rules: the people are resolved again, all at once, and compared with those of the identity
/// files. Memory: 4 bytes an identity and a profile, and the links.
/// </summary>
/// <param name="workspace">Reads link files.</param>
/// <param name="graph">The identities as they are published; nothing is staged.</param>
/// <param name="manifest">Has the rules.</param>
/// <param name="links">Paths of all link files.</param>
internal sealed class PeopleCheck(DuckDbWorkspace workspace, IdentityGraph graph, StoreManifest manifest, IReadOnlyList<string> links)
{
    /// <summary>An identity that is of another person than links and rules say; -1 if there is none.</summary>
    public int FirstWrong()
    {
        int[] person = [.. Enumerable.Range(0, graph.Identities.Count)];
        foreach (ComponentPartition.Component component in Resolve())
            foreach (int[] people in component.People)
                foreach (int identity in people) person[identity] = people[0];
        int[] first = new int[graph.ProfileOrdinals];
        Array.Fill(first, -1);
        for (int identity = 0; identity < person.Length; identity++)
        {
            int profile = graph.ProfileOf(identity);
            if (profile < 0) continue;
            if (first[profile] < 0) first[profile] = person[identity];
            if (first[profile] != person[identity] || graph.ProfileOf(person[identity]) != profile) return identity;
        }

        return -1;
    }

    private List<ComponentPartition.Component> Resolve()
    {
        var all = new List<Link>();
        var linked = new HashSet<int>();
        if (links.Count == 0) return [];
        using (DuckDBDataReader reader = workspace.Query($"SELECT first, second, max(time) FROM ({LinkFile.Select([.. links])}) GROUP BY first, second"))
        {
            while (reader.Read())
            {
                var link = new Link((int)reader.GetInt64(0), (int)reader.GetInt64(1), reader.GetInt64(2));
                if (link.First < 0 || link.Second >= graph.Identities.Count) throw new InvalidDataException("A link is of an identity that is not known.");
                all.Add(link);
                linked.Add(link.First);
                linked.Add(link.Second);
            }
        }

        return new ComponentPartition(graph, new NamespaceRules(manifest.Rules, graph.Namespaces), IdentityGraph.DefaultLimit).Resolve([.. linked.Order()], all);
    }
}
