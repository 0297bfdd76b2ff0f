using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Cli.Http;

namespace Muster.Cli.Tests.EndToEnd;

/// <summary>
/// The flow of the tutorial "evaluate a segment", call by call with its own bodies: schedule, on-demand job, membership, export, Data Access.
/// </summary>
public sealed class SeedFlowTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Ups = "/data/core/ups";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheTutorial_FromScheduleToFiles_WorksLiterally()
    {
        using MusterClient client = await fixture.Server.LoginAsync();
        string profiles = await client.CreateProfileDatasetAsync("Customers", Stop);
        string events = await client.CreateEventDatasetAsync("Events", Stop);
        await client.SendAndSucceedAsync(profiles, Customers("US", "US", "FR"));
        await client.SendAndSucceedAsync(events, Events);

        await ScheduleAsync(client);

        string us = await client.CreateSegmentAsync("US", """homeAddress.country = "US" """, Stop);
        string buyers = await client.CreateSegmentAsync("Buyers", """xEvent[eventType = "commerce.purchases"].count() >= 1""", Stop);
        JsonNode job = await RunJobAsync(client, us, buyers);
        Assert.Equal(2, (long)job["metrics"]!["segmentedProfileCounter"]![us]!);
        Assert.Equal(2, (long)job["metrics"]!["segmentedProfileCounter"]![buyers]!);
        Assert.Equal(4, (long)job["metrics"]!["totalProfiles"]!);
        Assert.Equal(["realized"], await StatusesAsync(client, "customer-1", us));

        // The second customer moves away: existing and exited.
        await client.SendAndSucceedAsync(profiles, Customers("US", "DE", "FR"));
        await RunJobAsync(client, us, buyers);
        Assert.Equal(["existing"], await StatusesAsync(client, "customer-1", us));
        Assert.Equal(["exited"], await StatusesAsync(client, "customer-2", us));
        Assert.Empty(await StatusesAsync(client, "customer-3", us));

        await ExportAsync(client, us);
    }

    private static async Task ScheduleAsync(MusterClient client)
    {
        JsonNode schedule = (await Answer.OfAsync(client, "POST", $"{Ups}/config/schedules", """
            {
              "name": "Daily",
              "type": "batch_segmentation",
              "properties": { "segments": ["*"] },
              "schedule": "0 0 1 * * ?",
              "state": "inactive"
            }
            """)).Expect(200);
        foreach (string key in (string[])["id", "imsOrgId", "sandbox", "name", "state", "type", "schedule", "properties", "createEpoch", "updateEpoch"])
            Assert.True(schedule[key] is not null, $"The schedule has no {key}.");
        Assert.Equal("inactive", (string?)schedule["state"]);

        string path = $"{Ups}/config/schedules/{schedule["id"]}";
        Answer activated = await Answer.OfAsync(client, "POST", path, """[{ "op": "add", "path": "/state", "value": "active" }]""");
        Assert.Equal((204, ""), (activated.Status, activated.Text));
        Answer moved = await Answer.OfAsync(client, "PATCH", path, """[{ "op": "add", "path": "/schedule", "value": "0 15 10 * * ?" }]""");
        Assert.Equal((204, ""), (moved.Status, moved.Text));
        JsonNode now = (await Answer.OfAsync(client, "GET", path)).Expect(200);
        Assert.Equal(("active", "0 15 10 * * ?"), ((string?)now["state"], (string?)now["schedule"]));
        Assert.Equal(["*"], now["properties"]!["segments"]!.AsArray().Select(segment => (string?)segment));
    }

    private static async Task<JsonNode> RunJobAsync(MusterClient client, string first, string second)
    {
        JsonNode started = (await Answer.OfAsync(client, "POST", $"{Ups}/segment/jobs", $$"""[{"segmentId":"{{first}}"},{"segmentId":"{{second}}"}]""")).Expect(200);
        foreach (string key in (string[])["profileInstanceId", "computeJobId", "id", "status", "segments", "updateTime", "imsOrgId", "creationTime", "_links"])
            Assert.True(started[key] is not null, $"The job has no {key}.");
        Assert.Contains((string?)started["status"], (string[])["NEW", "QUEUED", "PROCESSING"]);
        JsonNode job = await client.WaitForJobAsync((string)started["id"]!, TimeProvider.System, Stop);
        Assert.True((string?)job["status"] == "SUCCEEDED", job.ToJsonString());
        Assert.Empty(job["errors"]!.AsArray());
        foreach (string key in (string[])["modelName", "requestId", "computeGatewayJobId"]) Assert.True(job[key] is not null, $"The job has no {key}.");
        foreach (string key in (string[])["totalTime", "profileSegmentationTime", "segmentedProfileCounter", "segmentedProfileByNamespaceCounter", "segmentedProfileByStatusCounter"])
            Assert.True(job["metrics"]![key] is not null, $"The metrics have no {key}.");
        return job;
    }

    private static async Task<string?[]> StatusesAsync(MusterClient client, string customer, string segment)
    {
        JsonNode answer = await client.GetProfileAsync("CRMID", customer, Stop);
        JsonNode entity = answer.AsObject().Single().Value!["entity"]!;
        return entity["segmentMembership"]?["ups"]?[segment] is { } membership ? [(string?)membership["status"]] : [];
    }

    private static async Task ExportAsync(MusterClient client, string us)
    {
        JsonNode reference = (await Answer.OfAsync(client, "POST", "/data/foundation/catalog/dataSets", """
            {
              "name": "Segment Export",
              "schemaRef": { "id": "https://ns.adobe.com/xdm/context/profile__union", "contentType": "application/vnd.adobe.xed+json;version=1" },
              "fileDescription": { "persisted": true, "containerFormat": "parquet", "format": "parquet" }
            }
            """)).Expect(201);
        string target = Assert.Single(reference.AsArray())!.GetValue<string>();
        Assert.StartsWith("@/datasets/", target);
        string dataset = target.Split('/')[^1];

        string from = DateTimeOffset.UtcNow.AddHours(-1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        string to = DateTimeOffset.UtcNow.AddHours(1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        JsonNode policies = await client.GetAsync($"{Ups}/config/mergePolicies", Stop);
        string policy = (string)policies["children"]!.AsArray().First()!["id"]!;
        JsonNode started = (await Answer.OfAsync(client, "POST", $"{Ups}/export/jobs", $$"""
            {
              "fields": "identities.id,personalEmail.address",
              "mergePolicy": { "id": "{{policy}}", "version": 1 },
              "filter": {
                "segments": [
                  { "segmentId": "{{ForeignSegment}}", "segmentNs": "AAM", "status": ["realized"] },
                  { "segmentId": "{{us}}", "segmentNs": "UPS", "status": ["exited"] }
                ],
                "segmentQualificationTime": { "startTime": "{{from}}", "endTime": "{{to}}" },
                "fromIngestTimestamp": "2018-10-25T13:22:04-07:00",
                "emptyProfiles": false
              },
              "additionalFields": {
                "eventList": {
                  "fields": "environment.browserDetails.name,environment.browserDetails.version",
                  "filter": { "fromIngestTimestamp": "2018-10-25T13:22:04-07:00" }
                }
              },
              "destination": { "datasetId": "{{dataset}}", "segmentPerBatch": true },
              "schema": { "name": "_xdm.context.profile" }
            }
            """)).Expect(200);
        Assert.Equal("NEW", (string?)started["status"]);
        Assert.Equal("{}", started["computeGatewayJobId"]!.ToJsonString());
        Assert.True(started["metrics"]!["totalTime"]!["startTimeInMs"]!.GetValue<long>() > 0);
        Assert.Equal(dataset, (string?)started["destination"]!["dataSetId"]);
        string[] batches = started["destination"]!["batches"]!.AsArray().Select(batch => (string)batch!["batchId"]!).ToArray();
        Assert.Equal(2, batches.Distinct().Count());

        long id = started["id"]!.GetValue<long>();
        JsonNode export = await client.WaitForExportAsync(id, TimeProvider.System, Stop);
        Assert.True((string?)export["status"] == "SUCCEEDED", export.ToJsonString());
        Assert.True(export["computeGatewayJobId"]!["exportJob"] is not null && export["computeGatewayJobId"]!["pushJob"] is not null);
        Assert.Equal(batches, export["destination"]!["batches"]!.AsArray().Select(batch => (string)batch!["batchId"]!));

        JsonNode list = await client.GetAsync($"{Ups}/export/jobs/?limit=1&offset=0", Stop);
        Assert.Equal(id, list["records"]!.AsArray().Single()!["id"]!.GetValue<long>());
        Assert.Equal("createdTime", (string?)list["page"]!["sortField"]);
        Assert.True(list["link"] is not null);

        // Each segment selects one customer: the third has the foreign membership, the second left the US.
        foreach (string batch in batches)
        {
            LakeFile file = Assert.Single(await client.GetBatchFilesAsync(batch, Stop));
            Assert.Equal(1, file.Records);
            byte[] content = await client.DownloadAsync(file, Stop);
            Assert.Equal(file.Length, content.Length);
            Assert.Equal("PAR1"u8, content.AsSpan(^4..));
            Assert.Equal("PAR1"u8, content.AsSpan(0, 4));
        }
    }

    private const string ForeignSegment = "4edc8488-2c35-4f6d-b4c6-9075c68d2df4";

    private static string Customers(params string[] countries) => string.Concat(countries.Select((country, i) =>
    {
        string customer = $"customer-{i + 1}", email = $"c{i + 1}@example.com";
        var record = new JsonObject
        {
            ["_id"] = customer,
            ["identityMap"] = new JsonObject
            {
                ["CRMID"] = new JsonArray(new JsonObject { ["id"] = customer, ["primary"] = true }),
                ["Email"] = new JsonArray(new JsonObject { ["id"] = email }),
            },
            ["personalEmail"] = new JsonObject { ["address"] = email },
            ["homeAddress"] = new JsonObject { ["country"] = country },
        };
        if (i == 2)
        {
            var membership = new JsonObject { ["status"] = "realized", ["lastQualificationTime"] = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) };
            record["segmentMembership"] = new JsonObject { ["AAM"] = new JsonObject { [ForeignSegment] = membership } };
        }
        return record.ToJsonString() + "\n";
    }));

    // The first two events are one customer's under two identities, the last is of somebody without a record.
    private const string Events = """
        {"_id":"e1","timestamp":"2025-03-01T10:00:00Z","eventType":"commerce.productViews","identityMap":{"Email":[{"id":"c1@example.com","primary":true}]},"environment":{"browserDetails":{"name":"Firefox","version":"140"}}}
        {"_id":"e2","timestamp":"2025-03-01T10:05:00Z","eventType":"commerce.purchases","identityMap":{"CRMID":[{"id":"customer-1","primary":true}]},"commerce":{"purchases":{"value":1},"order":{"priceTotal":20.5}}}
        {"_id":"e3","timestamp":"2025-03-02T10:00:00Z","eventType":"commerce.purchases","identityMap":{"CRMID":[{"id":"guest-1","primary":true}]},"commerce":{"purchases":{"value":1},"order":{"priceTotal":3}}}
        """;
}
