using System.Text.Json.Nodes;
using Muster.Pql.Types;
using Muster.Storage.Lake;
using Muster.Storage.Profiles;

namespace Muster.Storage.Tests.Profiles;

public class RecordMergeTests
{
    private static readonly DataType Membership = DataType.MapOf(DataType.MapOf(DataType.ObjectOf(
        ("status", DataType.String), ("lastQualificationTime", DataType.Timestamp))));

    private static readonly DataType Schema = DataType.ObjectOf(
        ("_id", DataType.String),
        ("identityMap", RunFormat.IdentityMapType),
        ("a", DataType.ObjectOf(("b", DataType.String), ("c", DataType.Integer))),
        ("tags", DataType.ArrayOf(DataType.String)),
        ("extSourceSystemAudit", DataType.ObjectOf(("lastUpdatedDate", DataType.Timestamp))),
        ("segmentMembership", Membership));

    public static TheoryData<string, string[], string> Cases => new()
    {
        { "a later record of the identity replaces the earlier whole", ["d1|x|{'b': 'old', 'c': 1}||", "d1|x|{'b': 'new'}||"], """{"a":{"b":"new"}}""" },
        { "another dataset fills the gaps", ["d1|x|{'b': 'old', 'c': 1}||", "d2|x|{'b': 'new'}||"], """{"a":{"b":"new","c":1}}""" },
        { "another identity of the person fills the gaps", ["d1|x|{'b': 'old', 'c': 1}||", "d1|y|{'b': 'new'}||"], """{"a":{"b":"new","c":1}}""" },
        { "an array is taken whole", ["d1|x||['p', 'q']|", "d2|x||['r']|"], """{"tags":["r"]}""" },
        { "an empty array is no value", ["d1|x||['p', 'q']|", "d2|x||[]|"], """{"tags":["p","q"]}""" },
        { "the source's time beats the time of ingestion", ["d1|x|{'c': 1}||2030-01-01", "d2|x|{'c': 2}||"], """{"a":{"c":1},"extSourceSystemAudit":{"lastUpdatedDate":"2030-01-01T00:00:00Z"}}""" },
        { "an older source time loses", ["d1|x|{'c': 1}||", "d2|x|{'c': 2}||2001-01-01"], """{"a":{"c":1},"extSourceSystemAudit":{"lastUpdatedDate":"2001-01-01T00:00:00Z"}}""" },
        { "the same time: the higher dataset", ["d2|x|{'c': 2}||2001-01-01", "d1|x|{'c': 1}||2001-01-01"], """{"a":{"c":2},"extSourceSystemAudit":{"lastUpdatedDate":"2001-01-01T00:00:00Z"}}""" },
        { "the source's time is not asked inside one dataset and identity", ["d1|x|{'c': 1}||2030-01-01", "d1|x|{'c': 2}||2001-01-01"], """{"a":{"c":2},"extSourceSystemAudit":{"lastUpdatedDate":"2001-01-01T00:00:00Z"}}""" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task PrepareAsync_SeveralRecords_MergeByTheRules(string rule, string[] records, string expected)
    {
        using var folder = new SandboxFolder();
        await using ProfileStore store = await folder.OpenAsync();
        var batches = new List<LakeBatch>();
        foreach (string record in records)
        {
            string[] parts = record.Split('|');
            // Both addresses are one person by their common device.
            batches.Add(folder.Batch(parts[0], DatasetBehavior.Record, Schema, $"""
                VALUES (NULL, {SandboxFolder.Ids(("Email", parts[1], true), ("ECID", "1", false))}, {Cell(parts[2], "STRUCT(b VARCHAR, c BIGINT)")},
                        {Cell(parts[3], "VARCHAR[]")}, {(parts[4].Length == 0 ? "NULL" : $"struct_pack(\"lastUpdatedDate\" := '{parts[4]}T00:00:00Z'::TIMESTAMPTZ)")}, NULL)
                """));
        }
        await SandboxFolder.ApplyAsync(store, [.. batches]);

        ProfileDocument? profile = await store.ReadProfileAsync(store.Current, MergeMethod.Default, 0, TestContext.Current.CancellationToken);
        profile!.Entity.Remove("identityMap");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), profile.Entity), $"{rule}: {profile.Entity.ToJsonString()}");
    }

    [Fact]
    public async Task PrepareAsync_ForeignMemberships_AreUnitedByTheLatestQualification()
    {
        using var folder = new SandboxFolder();
        await using ProfileStore store = await folder.OpenAsync();
        string Record(string id, string memberships) =>
            $"VALUES (NULL, {SandboxFolder.Ids(("Email", id, true), ("ECID", "1", false))}, NULL, NULL, NULL, {memberships})";
        static string Entry(string status, string day) => $"{{'status': '{status}', 'lastQualificationTime': '{day}T00:00:00Z'::TIMESTAMPTZ}}";
        LakeBatch first = folder.Batch("d", DatasetBehavior.Record, Schema, Record("x",
            $"MAP {{'AAM': MAP {{'s1': {Entry("realized", "2024-02-01")}, 's2': {Entry("realized", "2024-01-01")}}}, 'ups': MAP {{'s9': {Entry("realized", "2024-02-01")}}}}}"));
        LakeBatch second = folder.Batch("d", DatasetBehavior.Record, Schema, Record("y",
            $"MAP {{'AAM': MAP {{'s1': {Entry("exited", "2024-01-15")}}}, 'Other': MAP {{'s3': {Entry("realized", "2024-01-01")}}}}}"));
        await SandboxFolder.ApplyAsync(store, first, second);

        ProfileDocument? profile = await store.ReadProfileAsync(store.Current, MergeMethod.Default, 0, TestContext.Current.CancellationToken);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""
            {"AAM":{"s1":{"status":"realized","lastQualificationTime":"2024-02-01T00:00:00Z"},"s2":{"status":"realized","lastQualificationTime":"2024-01-01T00:00:00Z"}},
             "Other":{"s3":{"status":"realized","lastQualificationTime":"2024-01-01T00:00:00Z"}}}
            """), profile!.Entity["segmentMembership"]), profile.Entity.ToJsonString());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"ECID":[{"id":"1"}],"Email":[{"id":"x"},{"id":"y"}]}"""), profile.Entity["identityMap"]), profile.Entity.ToJsonString());
        Assert.Equal(["d"], profile.Sources);
        Assert.True(profile.HasRecord);
        Assert.Equal(second.IngestedAt, profile.LastModifiedAt);
    }

    [Fact]
    public async Task PrepareAsync_NoGraph_IdentitiesOfAllRecordsAreUnited()
    {
        using var folder = new SandboxFolder();
        await using ProfileStore store = await folder.OpenAsync();
        var none = new MergeMethod { Graph = GraphType.None };
        LakeBatch Record(string dataset, params (string, string, bool)[] ids) => folder.Batch(dataset, DatasetBehavior.Record, Schema,
            $"VALUES (NULL, {SandboxFolder.Ids([("Email", "x", true), .. ids])}, NULL, NULL, NULL, NULL)");
        await SandboxFolder.ApplyAsync(store, new StoreChange { AddedViews = [none] });
        await SandboxFolder.ApplyAsync(store, Record("d1", ("ECID", "1", false), ("Phone", "5", false)), Record("d2", ("ECID", "2", false)), Record("d3"));

        long person = store.FindProfile(GraphType.None, "Email", "x")!.Value;
        ProfileDocument? profile = await store.ReadProfileAsync(store.Current, none, person, TestContext.Current.CancellationToken);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""
            {"ECID":[{"id":"1","primary":false},{"id":"2","primary":false}],"Email":[{"id":"x","primary":true}],"Phone":[{"id":"5","primary":false}]}
            """), profile!.Entity["identityMap"]), profile.Entity.ToJsonString());
    }

    private static string Cell(string text, string type) => text.Length == 0 ? "NULL" : text == "[]" ? $"[]::{type}" : type.StartsWith("STRUCT", StringComparison.Ordinal) ? Struct(text) : text;

    // Fields that a case leaves out are null.
    private static string Struct(string text) =>
        $"struct_pack(b := {(text.Contains("'b'", StringComparison.Ordinal) ? $"({text}).b" : "NULL::VARCHAR")}, c := {(text.Contains("'c'", StringComparison.Ordinal) ? $"({text}).c" : "NULL::BIGINT")})";
}
