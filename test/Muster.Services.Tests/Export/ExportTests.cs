using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Export;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Tests.Export;

public class ExportTests
{
    private const string Emails = "SELECT string_agg(e, ',' ORDER BY e) AS v FROM (SELECT identityMap['Email'][1].id AS e FROM exported)";

    [Fact]
    public async Task Run_OwnStatusesAndWindow_SelectAccordingly()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync(), target = await bench.TargetAsync(), segment = await bench.SegmentAsync("age >= 18");
        await bench.IngestAsync(dataset, Aged("stays", 30), Aged("leaves", 30), Aged("never", 1));
        await bench.EvaluateAsync();
        string first = Now(bench);
        await bench.IngestAsync(dataset, Aged("enters", 40), Aged("leaves", 2));
        await bench.EvaluateAsync();
        string second = Now(bench);

        foreach ((string filter, string expected) in new[]
        {
            ("", "enters,stays"), (",\"status\":[\"realized\"]", "enters"), (",\"status\":[\"existing\"]", "stays"),
            (",\"status\":\"exiting\"", "leaves"), (",\"status\":[\"realized\",\"existing\",\"exited\"]", "enters,leaves,stays"),
            (",\"segmentNs\":\"UPS\"", "enters,stays"),
        })
            Assert.Equal(expected, await NamesAsync(bench, target, $$$$$"""{"filter":{"segments":[{"segmentId":"{{{{{segment}}}}}"{{{{{filter}}}}}}]}}"""));
        foreach ((string window, string expected) in new[]
        {
            ($"\"startTime\":\"{second}\"", "enters"), ($"\"endTime\":\"{first}\"", "stays"),
            ($"\"startTime\":\"{first}\",\"endTime\":\"{second}\"", "enters,stays"),
        })
        {
            string body = $$$$$"""{"filter":{"segments":[{"segmentId":"{{{{{segment}}}}}"}],"segmentQualificationTime":{{{{{{window}}}}}}}}""";
            Assert.Equal(expected, await NamesAsync(bench, target, body));
        }
    }

    [Theory]
    [InlineData("AAM", "seg-1", "\"realized\"", "aam")]
    [InlineData("aAm", "seg-1", "\"realized\"", "aam")]
    [InlineData("AAM", "seg-1", "\"exited\"", "")]
    [InlineData("AAM", "seg-2", "[\"existing\",\"exited\"]", "other")]
    [InlineData("Nobody", "seg-1", "\"realized\"", "")]
    [InlineData("ups", "00000000-0000-0000-0000-000000000000", "\"realized\"", "")]
    public async Task Run_ForeignMembership_SelectsByNamespaceInAnyCase(string ns, string id, string status, string expected)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync(), target = await bench.TargetAsync();
        await bench.IngestAsync(
            dataset, Aged("plain", 1),
            Foreign("aam", "AAM", "seg-1", "realized", "2026-01-01T00:00:00Z"),
                Foreign("other", "AAM", "seg-2", "exited", "2026-02-01T00:00:00Z"));
        string body = $$$$$"""{"filter":{"segments":[{"segmentId":"{{{{{id}}}}}","segmentNs":"{{{{{ns}}}}}","status":{{{{{status}}}}}}]}}""";
        Assert.Equal(expected, await NamesAsync(bench, target, body));
    }

    [Fact]
    public async Task Run_ForeignAndOwnMembership_AreWrittenSideBySide()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync(), target = await bench.TargetAsync(), segment = await bench.SegmentAsync("age >= 18");
        await bench.IngestAsync(
            dataset, Aged("own", 30), Foreign("aam", "AAM", "seg-1", "realized", "2026-01-01T00:00:00Z"),
            Foreign("both", "AAM", "seg-1", "realized", "2026-01-01T00:00:00Z", "\"age\":40"), Aged("none", 1));
        await bench.EvaluateAsync();

        string[] rows = await bench.ExportedAsync(target, "{}", $"""
            SELECT identityMap['Email'][1].id AS n, segmentMembership['ups']['{segment}'].status AS own,
            segmentMembership['ups']['{segment}'].lastQualificationTime AS t, segmentMembership['AAM']['seg-1'].status AS aam FROM exported ORDER BY n
            """);

        Assert.Equal(
            [("aam", null, "realized"), ("both", "realized", "realized"), ("none", null, null), ("own", "realized", null)],
            rows.Select(r => JsonNode.Parse(r)!).Select(r => ((string)r["n"]!, (string?)r["own"], (string?)r["aam"])));
        Assert.StartsWith("2026-03-01 12:01:00", (string?)JsonNode.Parse(rows[1])!["t"], StringComparison.Ordinal);
        string window = $$$$$"""{"filter":{"segments":[{"segmentId":"seg-1","segmentNs":"aam"},{"segmentId":"{{{{{segment}}}}}"}],"segmentQualificationTime":{"endTime":"2026-01-31T00:00:00Z"}}}""";
        Assert.Equal("aam,both", await NamesAsync(bench, target, window));
    }

    [Fact]
    public async Task Run_ProfilesMergedAfterTheJob_AreSelectedByWhatEitherWas()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync(), target = await bench.TargetAsync(), segment = await bench.SegmentAsync("age >= 18");
        await bench.IngestAsync(dataset, Aged("b", 1), Aged("a", 70), Aged("c", 20));
        await bench.EvaluateAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), """{"identityMap":{"Email":[{"id":"b","primary":true},{"id":"a"}]}}""");
        string[] rows = await bench.ExportedAsync(
            target, $$$$$"""{"filter":{"segments":[{"segmentId":"{{{{{segment}}}}}"}]}}""", $"SELECT len(identityMap['Email']) AS n, segmentMembership['ups']['{segment}'].status AS s FROM exported ORDER BY n");
        Assert.Equal(["""{"n":1,"s":"realized"}""", """{"n":2,"s":"realized"}"""], rows);
    }

    [Fact]
    public async Task Run_ChangedProfilesAndEmptyOnes_AreFiltered()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync(), target = await bench.TargetAsync();
        await bench.IngestAsync(dataset, Aged("old", 1), Aged("changed", 1));
        string between = Now(bench);
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        await bench.IngestAsync(dataset, Aged("changed", 2), Aged("new", 2));
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Event("e1", "eventsOnly", "2026-02-01T00:00:00Z"));

        Assert.Equal("changed,new,old", await NamesAsync(bench, target, "{}"));
        Assert.Equal("changed,eventsOnly,new,old", await NamesAsync(bench, target, """{"filter":{"emptyProfiles":true}}"""));
        Assert.Equal("changed,new", await NamesAsync(bench, target, $$$$$"""{"filter":{"fromIngestTimestamp":"{{{{{between}}}}}"}}"""));
        Assert.Equal("", await NamesAsync(bench, target, $$$$$"""{"filter":{"fromTimestamp":"{{{{{Now(bench)}}}}}"}}"""));
        Assert.Equal("", await NamesAsync(bench, target, """{"filter":{"segments":[]}}"""));
    }

    [Fact]
    public async Task Run_Fields_ProjectThroughObjectsAndArrays()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string target = await bench.TargetAsync();
        await bench.IngestAsync(
            await bench.DatasetAsync(),
            Workbench.Person("a", """
                "person":{"name":{"firstName":"Ann","lastName":"Lee"},"gender":"female"},"_shop":{"pets":[{"name":"Rex","kind":{"code":"dog","legs":4}},{"name":"Tom"}]}
                """));

        Assert.Equal(
            ["""{"person":{"name":{"firstName":"Ann"}},"_shop":{"pets":[{"kind":{"code":"dog"}},{"kind":{"code":null}}]}}"""],
            (await bench.ExportedAsync(target, """{"fields":"person.name.firstName, _shop.pets.kind.code,not.there"}""", "SELECT person, _shop FROM exported"))
                .Select(r => r.Replace("\"kind\":null", "\"kind\":{\"code\":null}", StringComparison.Ordinal)));
        Assert.Equal(
            ["""{"identities":[{"id":"a"}]}"""],
            await bench.ExportedAsync(target, """{"fields":"identities.id"}""", "SELECT * EXCLUDE (_musterIdentity) FROM exported"));
        Assert.Equal(
            ["""{"identities":[{"id":"a","namespace":{"code":"Email"}}]}"""],
            await bench.ExportedAsync(target, """{"fields":"identities.id,identities.namespace.code"}""", "SELECT * EXCLUDE (_musterIdentity) FROM exported"));
        Assert.Equal("a", await NamesAsync(bench, target, """{"fields":""}"""));
    }

    [Fact]
    public async Task Run_EventList_WritesWantedEventsInOrder()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string events = await bench.DatasetAsync(), target = await bench.TargetAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Aged("a", 1), Aged("quiet", 1));
        await bench.IngestAsync(
            events,
            Workbench.Event("e2", "a", "2026-02-02T00:00:00Z", "\"eventType\":\"b\",\"_shop\":{\"n\":2}"),
            Workbench.Event("e1", "a", "2026-02-01T00:00:00Z", "\"eventType\":\"a\",\"_shop\":{\"n\":1}"));
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        string between = Now(bench);
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        await bench.IngestAsync(events, Workbench.Event("e3", "a", "2026-01-01T00:00:00Z", "\"eventType\":\"c\""));

        const string query = "SELECT list_transform(timeSeriesEvents, e -> e.eventType) AS t FROM exported ORDER BY identityMap['Email'][1].id";
        string Body(string window) => $$$$$"""{"additionalFields":{"eventList":{"fields":"eventType","filter":{{{{{{window}}}}}}}}}""";
        Assert.Equal(["""{"t":["c","a","b"]}""", """{"t":null}"""], await bench.ExportedAsync(target, Body(""), query));
        Assert.Equal(["""{"t":["c"]}""", """{"t":null}"""], await bench.ExportedAsync(target, Body($"\"fromIngestTimestamp\":\"{between}\""), query));
        Assert.Equal(["""{"t":["a","b"]}""", """{"t":null}"""], await bench.ExportedAsync(target, Body($"\"toIngestTimestamp\":\"{between}\""), query));
        Assert.Equal(
            ["""{"k":["eventType"]}"""],
            await bench.ExportedAsync(target, Body(""),
                "SELECT json_keys(to_json(timeSeriesEvents[1])) AS k FROM exported WHERE timeSeriesEvents IS NOT NULL"));
        string[] all = await bench.ExportedAsync(
            target, """{"additionalFields":{"eventList":{}}}""", "SELECT timeSeriesEvents[1]._id AS i, timeSeriesEvents[2]._shop.n AS n FROM exported WHERE timeSeriesEvents IS NOT NULL");
        Assert.Equal(["""{"i":"e3","n":1}"""], all);
    }

    [Fact]
    public async Task Run_DatasetsOfDifferentSchemas_AreWrittenInOneShape()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string target = await bench.TargetAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a", "\"_shop\":{\"level\":3,\"tags\":[{\"k\":\"x\"}]}"));
        await bench.IngestAsync(await bench.DatasetAsync(),
            Workbench.Person("b", "\"_bank\":{\"iban\":\"DE1\"},\"_shop\":{\"tags\":[{\"v\":7}]}"));
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Event("e1", "c", "2026-02-02T00:00:00Z", "\"eventType\":\"b\""));
        Assert.Equal(
            ["""{"l":3,"i":null,"k":"x","v":null}""", """{"l":null,"i":"DE1","k":null,"v":7}""", """{"l":null,"i":null,"k":null,"v":null}"""],
            await bench.ExportedAsync(
                target, """{"filter":{"emptyProfiles":true}}""",
                "SELECT _shop.level AS l, _bank.iban AS i, _shop.tags[1].k AS k, _shop.tags[1].v AS v FROM exported ORDER BY identityMap['Email'][1].id"));
        Assert.Equal(
            ["""{"identities":[{"id":"a"}]}""", """{"identities":[{"id":"b"}]}""", """{"identities":[{"id":"c"}]}"""],
            await bench.ExportedAsync(target, """{"fields":"identities.id","filter":{"emptyProfiles":true}}""", "SELECT identities FROM exported ORDER BY identities[1].id"));
    }

    [Fact]
    public async Task Run_SegmentPerBatch_WritesEachSegmentApartAndReplacesEarlierContent()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string target = await bench.TargetAsync();
        string adults = await bench.SegmentAsync("age >= 18"), old = await bench.SegmentAsync("age >= 60"),
            none = await bench.SegmentAsync("age >= 900");
        await bench.IngestAsync(await bench.DatasetAsync(), Aged("a", 20), Aged("b", 70), Aged("c", 1));
        await bench.EvaluateAsync();
        ExportJob earlier = await bench.ExportAsync(target, "{}");
        ExportBatch before = JsonSerializer.Deserialize<ExportBatch[]>(earlier.Batches)!.Single();

        ExportJob job = await bench.ExportAsync(
            target, $$$$$"""{"destination":{"segmentPerBatch":true},"filter":{"segments":[{"segmentId":"{{{{{adults}}}}}"},{"segmentId":"{{{{{old}}}}}"},{"segmentId":"{{{{{none}}}}}"}]}}""");

        Assert.True(job.Status == JobStatus.Succeeded, job.Errors);
        var found = new Dictionary<string, string?>();
        foreach (ExportBatch batch in JsonSerializer.Deserialize<ExportBatch[]>(job.Batches)!)
            found[batch.SegmentId!] = (await bench.ReadAsync(batch.BatchId, Emails)).Select(r => (string?)JsonNode.Parse(r)!["v"])
                .SingleOrDefault();
        Assert.Equal(("a,b", "b", null), (found[adults], found[old], found[none]));
        JsonNode metrics = JsonNode.Parse(job.Metrics)!;
        Assert.Equal(3, (int)metrics["totalExportedProfileCounter"]!);
        Assert.Equal(BatchStatus.Inactive, (await bench.Batches.GetAsync(bench.Scope, before.BatchId, Workbench.Stop)).Status);
        Assert.False(Directory.Exists(bench.Folder.Lake(bench.Scope.SandboxId, target, before.BatchId)));
    }

    [Fact]
    public async Task Run_WithSegmentation_EvaluatesFirst()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string target = await bench.TargetAsync(), segment = await bench.SegmentAsync("age >= 18");
        await bench.IngestAsync(await bench.DatasetAsync(), Aged("a", 20), Aged("c", 1));
        Assert.Equal("a", await NamesAsync(bench, target, $$$$$"""{"evaluationInfo":{"segmentation":true},"filter":{"segments":[{"segmentId":"{{{{{segment}}}}}"}]}}"""));
    }

    [Fact]
    public async Task Run_TargetDeletedMeanwhile_FailsWithItsReason()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string target = await bench.TargetAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Aged("a", 20));
        var gate = new TaskCompletionSource();
        bench.Lanes.TryAdd("export/" + bench.Scope.SandboxId, "first", _ => gate.Task);
        ExportJob job = await bench.StartExportAsync(target, "{}");
        await bench.Datasets.DeleteAsync(bench.Scope, target, null, Workbench.Stop);
        Task<ExportJob> ended = bench.EndedAsync(job);
        gate.SetResult();

        Assert.Equal(JobStatus.Failed, (await ended).Status);
        Assert.Contains("was deleted", (await ended).Errors, StringComparison.Ordinal);
        Assert.Equal([1L, 2], await bench.JournalAsync());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(bench.Folder.Sandbox(bench.Scope.SandboxId), "lake", target), "*",
            SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Cancel_AtAnyMoment_EndsWithTheOldOrTheNewContent()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string target = await bench.TargetAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Aged("a", 20));
        await bench.ExportAsync(target, "{}");
        for (int i = 0; i < 8; i++)
        {
            ExportJob job = await bench.StartExportAsync(target, "{}");
            for (int yields = 0; yields < i * i * 60; yields++) await Task.Yield();
            await bench.Exports.CancelAsync(bench.Scope, job.Id, Workbench.Stop);
            ExportJob ended = await bench.EndedAsync(job);
            Assert.Contains(ended.Status, new[] { JobStatus.Cancelled, JobStatus.Succeeded });
            List<Batch> live = await bench.QueryAsync(
                c => c.Batches.Where(b => b.DatasetId == target && b.Status == BatchStatus.Success).ToListAsync(Workbench.Stop));
            Assert.Equal("a", JsonNode.Parse((await bench.ReadAsync(Assert.Single(live).Id, Emails)).Single())!["v"]!.ToString());
            Assert.Single(Directory.GetDirectories(Path.Combine(bench.Folder.Sandbox(bench.Scope.SandboxId), "lake", target)));
        }
    }

    [Fact]
    public async Task Create_ManyAtOnce_AreNumberedWithoutDoubles()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string target = await bench.TargetAsync();
        ExportJob[] jobs = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => bench.StartExportAsync(target, "{}"))));
        Assert.Equal(6, jobs.Select(j => j.Id).Distinct().Count());
        foreach (ExportJob job in jobs) Assert.Equal(JobStatus.Succeeded, (await bench.EndedAsync(job)).Status);
    }

    private static string Now(Workbench bench) => bench.Time.GetUtcNow().ToString("O", System.Globalization.CultureInfo.InvariantCulture);

    private static string Aged(string name, int age) => Workbench.Person(name, $"\"age\":{age}");

    private static string Foreign(string name, string ns, string segment, string status, string time, string fields = "\"age\":1") =>
        Workbench.Person(
        name, $$$$$"""{{{{{fields}}}}},"segmentMembership":{"{{{{{ns}}}}}":{"{{{{{segment}}}}}":{"status":"{{{{{status}}}}}","lastQualificationTime":"{{{{{time}}}}}"}}}""");

    private static async Task<string> NamesAsync(Workbench bench, string target, string body)
    {
        string[] rows = await bench.ExportedAsync(target, body, Emails);
        return rows.Length == 0 ? "" : (string?)JsonNode.Parse(rows.Single())!["v"] ?? "";
    }
}
