using DuckDB.NET.Data;
using Muster.Storage.DuckDb;
using Muster.Storage.Identity;

namespace Muster.Storage.Tests.Identity;

public sealed class RecordIdentitiesTests : IDisposable
{
    private const long IngestedAt = 1000;

    private static readonly LinkingRules Unique = new()
    {
        Types = new Dictionary<string, string> { ["CRM"] = "CROSS_DEVICE", ["Product"] = "NON_PEOPLE" },
        UniqueNamespaces = ["crm"],
        Priority = ["CRM", "Email"],
    };

    private readonly DuckDbWorkspace _workspace = new(Directory.CreateTempSubdirectory("muster").FullName, DuckDbOptions.Default);
    private readonly IdentityGraph _graph = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Read_Records_LinksStarAroundPrimaryAtIngestion()
    {
        (List<string> keys, List<string> links) = Read(LinkingRules.None, events: false, "Email:b! ECID:1 ECID:2", "Email:a", "Email:c Email:b", "Email:null", "");

        Assert.Equal(["Email:b", "Email:a", "Email:b", "", ""], keys);
        Assert.Equal(["ECID:1+Email:b@1000", "ECID:2+Email:b@1000", "Email:b+Email:c@1000"], links);
    }

    [Theory]
    [InlineData("null\t")]
    [InlineData("\tAnonymous")]
    [InlineData("\u00a0invalid\t")]
    [InlineData("\t")]
    public void Read_PlaceholderWithBlanks_IsNobodyAndLinksNothing(string id)
    {
        (List<string> keys, List<string> links) = Read(LinkingRules.None, events: false, $"Email:a ECID:{id}", $"Email:b ECID:{id}", $"ECID:{id}");

        Assert.Equal(["Email:a", "Email:b", ""], keys);
        Assert.Empty(links);
    }

    [Fact]
    public void Read_Events_LinkHasLatestTime()
    {
        (_, List<string> links) = Read(LinkingRules.None, events: true, "7|Email:b ECID:1", "9|ECID:1 Email:b", "8|Email:b ECID:1", "|Phone:1 ECID:2");

        Assert.Equal(["ECID:1+Email:b@9", "ECID:2+Phone:1@1000"], links);
    }

    [Theory]
    [InlineData(false, "ECID:1! Email:a CRM:5", "ECID:1")]
    [InlineData(true, "ECID:1! Email:a CRM:5", "CRM:5")]
    [InlineData(true, "ECID:1! Email:b Email:a", "Email:a")]
    [InlineData(true, "Phone:1 ECID:1 ECID:2!", "ECID:2")]
    [InlineData(true, "Phone:1 GAID:1", "GAID:1")]
    public void Read_Priorities_PrimaryOfEventsIsHighestNamespace(bool events, string record, string primary) =>
        Assert.Equal(primary, Assert.Single(Read(Unique, events, (events ? "1|" : "") + record).Keys));

    [Theory]
    [InlineData("CRM:1 CRM:2 Email:a", "")]
    [InlineData("CRM:1 CRM:1 Email:a", "CRM:1+Email:a@1000")]
    [InlineData("Product:1! Email:a ECID:1", "ECID:1+Email:a@1000")]
    [InlineData("b2b_account:1 Email:a", "")]
    public void Read_Rules_RecordLinksWhatMayBeLinked(string record, string links) => Assert.Equal(links, string.Join(' ', Read(Unique, events: false, record).Links));

    [Fact]
    public void Read_TooManyIdentities_PrimaryAndFirstCount()
    {
        string record = string.Join(' ', Enumerable.Range(10, 30).Reverse().Select(i => $"ECID:{i}"));
        (List<string> keys, List<string> links) = Read(LinkingRules.None, events: false, record + " Email:z!", record);

        Assert.Equal(["Email:z", "ECID:10"], keys);
        Assert.Equal(21, _graph.Identities.Count);
        Assert.Equal(Enumerable.Range(10, 19).Select(i => $"ECID:{i}+Email:z@1000"), links.Where(l => l.Contains("Email", StringComparison.Ordinal)));
    }

    private (List<string> Keys, List<string> Links) Read(LinkingRules rules, bool events, params string[] records)
    {
        IEnumerable<string> rows = records.Select(record =>
        {
            string[] parts = record.Split('|');
            IEnumerable<string> entries = parts[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries).GroupBy(i => i.Split(':')[0])
                .Select(g => $"'{g.Key}': [{string.Join(", ", g.Select(i => $"{{'id': '{i.Split(':')[1].TrimEnd('!')}', 'primary': {i.EndsWith('!')}}}"))}]");
            return $"(MAP {{{string.Join(", ", entries)}}}::MAP(VARCHAR, STRUCT(id VARCHAR, \"primary\" BOOLEAN)[]), {(parts.Length == 1 || parts[0] == "" ? "NULL" : parts[0])}::BIGINT)";
        });
        var identities = new RecordIdentities(_graph, rules);
        DuckDBConnection connection = _workspace.Connection.Duplicate();
        connection.Open();
        using var stream = new DuckDbStream(connection, $"SELECT map{(events ? ", time" : "")} FROM (VALUES {string.Join(", ", rows)}) r(map, time)");
        List<string> keys = [.. identities.Read(stream, IngestedAt, TestContext.Current.CancellationToken).Identities.Select(k => k < 0 ? "" : Name(k))];
        return (keys, [.. identities.Links.Select(l => string.Join('+', new[] { Name(l.First), Name(l.Second) }.Order(StringComparer.Ordinal)) + "@" + l.Time).Order(StringComparer.Ordinal)]);
    }

    private string Name(int identity) => string.Join(':', _graph.Identity(identity).Namespace, _graph.Identity(identity).Id);
}
