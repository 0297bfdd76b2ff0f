using System.Text;
using Muster.Storage.Identity;

namespace Muster.Storage.Tests.Identity;

public class IdentityGraphTests
{
    [Fact]
    public void Join_TwoProfiles_SmallestOrdinalSurvives()
    {
        var graph = new IdentityGraph();
        See(graph, "Email:a");
        See(graph, "Email:b", "ECID:1");
        See(graph, "Email:c");
        Commit(graph);
        See(graph, "Email:c", "ECID:1");

        Assert.Equal(new Dictionary<int, int> { [2] = 1 }, graph.Seal(LinkingRules.None, NoLinks.Instance).Retired);
        Assert.Equal(2, graph.FindProfile("email", "c"));
        graph.Commit();
        Assert.Equal(1, graph.FindProfile("email", "c"));
        Assert.Equal([("ECID", "1"), ("Email", "b"), ("Email", "c")], graph.IdentitiesOf(1));
        Assert.Empty(graph.IdentitiesOf(2));
        See(graph, "Email:d");
        Commit(graph);
        Assert.Equal(3, graph.FindProfile("Email", "d"));
    }

    [Fact]
    public void CountNamespaces_AfterMerge_CountsProfilesNotIdentities()
    {
        var graph = new IdentityGraph();
        See(graph, "Email:a");
        See(graph, "Email:b", "ecid:1", "ECID:2");
        Commit(graph);
        See(graph, "EMAIL:a", "Email:b");
        See(graph, "Phone:3");
        Commit(graph);

        Assert.Equal(new Dictionary<string, int> { ["Email"] = 1, ["ECID"] = 1, ["Phone"] = 1 }, graph.CountNamespaces([0, 2]));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("  \t", false)]
    [InlineData("\u2003", false)]
    [InlineData("NULL", false)]
    [InlineData("Anonymous", false)]
    [InlineData("invalid", false)]
    [InlineData("nullable", true)]
    [InlineData("0", true)]
    [InlineData("é", true)]
    public void IsIdentity_Text_TellsPlaceholders(string id, bool expected) => Assert.Equal(expected, IdentityText.IsIdentity(Encoding.UTF8.GetBytes(id)));

    [Theory]
    [InlineData('x', 1024, true)]
    [InlineData('x', 1025, false)]
    [InlineData('é', 1024, true)]
    [InlineData('é', 1025, false)]
    public void IsIdentity_Length_CountsCharacters(char letter, int length, bool expected) =>
        Assert.Equal(expected, IdentityText.IsIdentity(Encoding.UTF8.GetBytes(new string(letter, length))));

    [Fact]
    public void Load_DamagedFile_IsRefused()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("muster").FullName, "i.bin");
        var graph = new IdentityGraph();
        See(graph, "Email:a");
        graph.Seal(LinkingRules.None, NoLinks.Instance);
        IdentityFile.Write(path, graph);
        byte[] content = File.ReadAllBytes(path);
        content[20] ^= 1;
        File.WriteAllBytes(path, content);

        Assert.Throws<InvalidDataException>(() => IdentityFile.Load([path]));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void GetOrAdd_ManyIdentities_KeepsOrdinalsThroughGrowthAndTruncation()
    {
        var table = new IdentityTable();
        for (int i = 0; i < 50_000; i++) Assert.Equal(i, table.GetOrAdd(i % 3, Encoding.UTF8.GetBytes($"user{i}@example.com")));
        table.Truncate(20_000);
        Assert.Equal(-1, table.Find(20_000 % 3, "user20000@example.com"u8));
        for (int i = 0; i < 30_000; i++) Assert.Equal(i, table.GetOrAdd(i % 3, Encoding.UTF8.GetBytes($"user{i}@example.com")));
        Assert.Equal("user77@example.com", Encoding.UTF8.GetString(table.Id(77)));
    }

    private static void Commit(IdentityGraph graph)
    {
        graph.Seal(LinkingRules.None, NoLinks.Instance);
        graph.Commit();
    }

    private static void See(IdentityGraph graph, params string[] identities)
    {
        var ordinals = new List<int>();
        foreach (string identity in identities)
        {
            string[] parts = identity.Split(':');
            ordinals.Add(graph.Add(graph.Namespaces.GetOrAdd(parts[0]), Encoding.UTF8.GetBytes(parts[1])));
        }

        graph.Join([.. ordinals]);
    }

    /// <summary>For graphs that nothing restricts: their links are never asked for.</summary>
    private sealed class NoLinks : ILinkSource
    {
        public static NoLinks Instance { get; } = new();

        public IReadOnlyList<Link> Among(IReadOnlyCollection<int> identities) => throw new InvalidOperationException("Links were asked for without need.");
    }
}
