using System.Globalization;
using System.Text;
using CsCheck;
using Muster.Storage.Files;
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
        graph.Commit();
        See(graph, "Email:c", "ECID:1");

        Assert.Equal(new Dictionary<int, int> { [2] = 1 }, graph.RetiredProfiles());
        Assert.Equal(2, graph.FindProfile("email", "c"));
        graph.Commit();
        Assert.Equal(1, graph.FindProfile("email", "c"));
        Assert.Equal([("ECID", "1"), ("Email", "b"), ("Email", "c")], graph.IdentitiesOf(1));
        Assert.Empty(graph.IdentitiesOf(2));
        See(graph, "Email:d");
        graph.Commit();
        Assert.Equal(3, graph.FindProfile("Email", "d"));
    }

    [Fact]
    public void CountNamespaces_AfterMerge_CountsProfilesNotIdentities()
    {
        var graph = new IdentityGraph();
        See(graph, "Email:a");
        See(graph, "Email:b", "ecid:1", "ECID:2");
        graph.Commit();
        See(graph, "EMAIL:a", "Email:b");
        See(graph, "Phone:3");
        graph.Commit();

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
    public void Join_RandomRecords_AgreesWithPlainSearchAndSurvivesFiles() =>
        Gen.Select(Gen.Int[0, 40].Array[1, 3].Array[1, 60], Gen.Int[5, 30]).Sample(
            (records, step) =>
            {
                string folder = Directory.CreateTempSubdirectory("muster").FullName;
                var graph = new IdentityGraph();
                var files = new List<string>();
                for (int start = 0; start < records.Length; start += step)
                {
                    // What is rolled back leaves no trace.
                    See(graph, "Other:9", "Email:1", "Email:2");
                    graph.Rollback();
                    foreach (int[] record in records.Skip(start).Take(step)) See(graph, [.. record.Select(r => "Email:" + r)]);
                    files.Add(Path.Combine(folder, start + ".bin"));
                    IdentityFile.Write(files[^1], graph, DurableFiles.Plain);
                    graph.Commit();
                }

                IdentityGraph loaded = IdentityFile.Load(files);
                Directory.Delete(folder, recursive: true);
                var component = Enumerable.Range(0, 41).ToDictionary(i => i, i => new HashSet<int> { i });
                foreach (int[] record in records)
                {
                    HashSet<int> union = [.. record.SelectMany(r => component[r])];
                    foreach (int member in union) component[member] = union;
                }

                foreach (int id in records.SelectMany(r => r))
                {
                    string text = id.ToString(CultureInfo.InvariantCulture);
                    int profile = graph.FindProfile("Email", text);
                    Assert.Equal(component[id].Order(), graph.IdentitiesOf(profile).Select(i => int.Parse(i.Id, CultureInfo.InvariantCulture)).Order());
                    Assert.Equal(profile, loaded.FindProfile("Email", text));
                    Assert.Equal(graph.IdentitiesOf(profile), loaded.IdentitiesOf(profile));
                }

                Assert.Equal(graph.ProfileOrdinals, loaded.ProfileOrdinals);
            },
            iter: 50,
            threads: 1);

    [Fact]
    public void Load_DamagedFile_IsRefused()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("muster").FullName, "i.bin");
        var graph = new IdentityGraph();
        See(graph, "Email:a");
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
}
