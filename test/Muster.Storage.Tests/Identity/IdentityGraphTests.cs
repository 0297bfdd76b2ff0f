using System.Text;
using Muster.Storage.Files;
using Muster.Storage.Identity;
using Muster.Storage.Lake;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;

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
    public void CountNamespaces_CopyThenMerge_CountsAsBefore()
    {
        var graph = new IdentityGraph();
        See(graph, "Email:a");
        See(graph, "Phone:1");
        Commit(graph);
        var before = new IdentityComponents(graph);
        See(graph, "Email:a", "Phone:1", "ECID:2");
        Commit(graph);

        OrdinalSet everybody = OrdinalSet.Of([0, 1]);
        Assert.Equal(new Dictionary<string, int> { ["Email"] = 1, ["Phone"] = 1 }, before.CountNamespaces(GraphType.Pdg, everybody));
        Assert.Equal(
            new Dictionary<string, int> { ["Email"] = 1, ["Phone"] = 1, ["ECID"] = 1 }, new IdentityComponents(graph).CountNamespaces(GraphType.Pdg, everybody));
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

        Assert.Equal(new Dictionary<string, int> { ["Email"] = 1, ["ECID"] = 1, ["Phone"] = 1 }, new IdentityComponents(graph).CountNamespaces(GraphType.Pdg, OrdinalSet.Of([0, 2])));
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
    public void IsUsable_Text_TellsPlaceholders(string id, bool expected) => Assert.Equal(expected, IdentityRules.IsUsable(Encoding.UTF8.GetBytes(id)));

    [Theory]
    [InlineData('x', 1024, true)]
    [InlineData('x', 1025, false)]
    [InlineData('é', 1024, true)]
    [InlineData('é', 1025, false)]
    public void IsUsable_Length_CountsCharacters(char letter, int length, bool expected) =>
        Assert.Equal(expected, IdentityRules.IsUsable(Encoding.UTF8.GetBytes(new string(letter, length))));

    [Fact]
    public void Load_DamagedFile_IsRefused()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("muster").FullName, "i.bin");
        var graph = new IdentityGraph();
        See(graph, "Email:a");
        graph.Seal(LinkingRules.None, NoLinks.Instance);
        IdentityFile.Write(path, graph, DurableFiles.Plain);
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

    [Fact]
    public void Seal_RulesChanged_DividesPeopleWhenTheirLinksAreSeenAgain()
    {
        var graph = new IdentityGraph();
        var links = new FixedLinks([new Link(0, 1, 1), new Link(1, 2, 2), new Link(3, 4, 1), new Link(4, 5, 2)]);
        See(graph, "Email:a", "ECID:1");
        See(graph, "Email:b", "ECID:1");
        See(graph, "Email:c", "ECID:2");
        See(graph, "Email:d", "ECID:2");
        Commit(graph);
        See(graph, "Email:a", "ECID:1");
        GraphChange change = graph.Seal(new LinkingRules { UniqueNamespaces = ["Email"] }, links);
        graph.Commit();

        Assert.Equal([(2, 0)], change.Sources.Select(s => (s.Key, Assert.Single(s.Value))));
        Assert.Equal([0, 2], change.Changed);
        Assert.Equal([("Email", "a")], graph.IdentitiesOf(0));
        Assert.Equal([("ECID", "1"), ("Email", "b")], graph.IdentitiesOf(2));
        Assert.Equal(3, graph.IdentitiesOf(1).Count);
    }

    [Fact]
    public void Seal_ManyIdentitiesAroundOne_LeavesFiftyAtMost()
    {
        var graph = new IdentityGraph();
        for (int i = 0; i < 5000; i++) See(graph, "Phone:1", $"ECID:{i}");
        graph.Seal(LinkingRules.None, new FixedLinks([.. Enumerable.Range(1, 5000).Select(i => new Link(0, i, i))]));
        graph.Commit();

        Assert.Equal(Enumerable.Range(4952, 49).Prepend(0), graph.MembersOf(0));
        Assert.Equal(4952, graph.ProfileOrdinals);
    }

    [Fact]
    public void Load_FileOfFirstVersion_GivesItsPeople()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("muster").FullName, "i.bin");
        var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(0x4944554D);
            writer.Write(1);
            // Namespaces before, new ones; identities before, new ones as namespace, length, id, profile; retired pairs; profile ordinals.
            writer.Write([0, 1, 5, .. "Email"u8, 0, 3, 0, 1, (byte)'a', 0, 0, 1, (byte)'b', 1, 0, 1, (byte)'c', 2, 1, 2, 0, 4]);
        }
        File.WriteAllBytes(path, [.. content.ToArray(), .. System.Security.Cryptography.SHA256.HashData(content.ToArray())]);
        IdentityGraph graph = IdentityFile.Load([path]);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

        Assert.Equal([("Email", "a"), ("Email", "c")], graph.IdentitiesOf(0));
        Assert.Equal(1, graph.FindProfile("Email", "b"));
        Assert.Equal(4, graph.ProfileOrdinals);
    }

    [Fact]
    public void WriteSnapshot_StagedErasure_HasNoTextOfIt()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("muster").FullName, "i.bin");
        var graph = new IdentityGraph();
        See(graph, "Email:secret");
        Commit(graph);
        graph.Erase([0]);
        See(graph, "Email:other");
        graph.Seal(LinkingRules.None, NoLinks.Instance);
        IdentityFile.WriteSnapshot(path, graph, DurableFiles.Plain);
        string content = Encoding.Latin1.GetString(File.ReadAllBytes(path));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

        Assert.DoesNotContain("secret", content, StringComparison.Ordinal);
        Assert.Contains("other", content, StringComparison.Ordinal);
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

    private sealed class FixedLinks(Link[] links) : ILinkSource
    {
        public IReadOnlyList<Link> Among(IReadOnlyCollection<int> identities) => [.. links.Where(l => identities.Contains(l.First) || identities.Contains(l.Second))];
    }
}
