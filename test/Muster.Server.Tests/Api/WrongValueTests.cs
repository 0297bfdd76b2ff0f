using System.Text.Json.Nodes;

namespace Muster.Server.Tests.Api;

/// <summary>Every field of every body, one at a time, gets values that nobody expects there: the answer is about the request, never a fault of ours.</summary>
public sealed class WrongValueTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Ups = "/data/core/ups";

    private static readonly string[] Values =
    [
        "null", "0", "-1", "1.5", "1e300", "9223372036854775808", "\"\"", "\" \"", "\"x\"", "true", "[]", "{}", "[1]", "[null]", "[[]]", "[{}]",
        "{\"a\":1}", "\"\\u0000\"", "\"../../etc/passwd\"", "\"9999-12-31T23:59:59.999999999+14:00\"", "\"*\"",
    ];

    public static TheoryData<string, string, string> Bodies { get; } = new()
    {
        { "POST", "/data/foundation/catalog/dataSets", """{"name":"d","description":"x","schemaRef":{"id":"https://ns.adobe.com/xdm/context/profile","contentType":"application/vnd.adobe.xed+json;version=1"},"tags":{"unifiedProfile":["enabled:true"]},"fileDescription":{"persisted":true},"schema":{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"array","items":{"type":"integer"}}}}}""" },
        { "POST", $"{Ups}/segment/definitions", """{"name":"n","description":"d","expression":{"type":"PQL","format":"pql/text","value":"a = 1"},"schema":{"name":"_xdm.context.profile"},"mergePolicyId":"m","evaluationInfo":{"batch":{"enabled":true}},"ttlInDays":30}""" },
        { "POST", $"{Ups}/segment/conversion", """{"name":"n","description":"d","expression":{"type":"PQL","format":"pql/text","value":"a = 1"},"schema":{"name":"_xdm.context.profile"},"ttlInDays":30}""" },
        { "POST", $"{Ups}/segment/definitions/bulk-get", """{"ids":[{"id":"x"}]}""" },
        { "POST", $"{Ups}/segment/jobs/bulk-get", """{"ids":[{"id":"x"}]}""" },
        { "POST", $"{Ups}/segment/jobs", """[{"segmentId":"x"}]""" },
        { "POST", $"{Ups}/segment/jobs", """{"schema":{"name":"_xdm.context.profile"},"segments":[{"segmentId":"x"}]}""" },
        { "POST", $"{Ups}/config/schedules", """{"name":"S","type":"batch_segmentation","properties":{"segments":["*"]},"schedule":"0 0 1 * * ?","state":"inactive"}""" },
        { "PATCH", $"{Ups}/config/schedules/x", """[{"op":"add","path":"/state","value":"active"}]""" },
        { "POST", $"{Ups}/export/jobs", """{"fields":"identities.id,personalEmail.address","mergePolicy":{"id":"m","version":1},"filter":{"segments":[{"segmentId":"s","segmentNs":"AAM","status":["realized"]}],"segmentQualificationTime":{"startTime":"2019-09-01T00:00:00Z","endTime":"2019-09-02T00:00:00Z"},"fromIngestTimestamp":"2018-10-25T13:22:04-07:00","emptyProfiles":false},"additionalFields":{"eventList":{"fields":"environment.browserDetails.name","filter":{"fromIngestTimestamp":"2018-10-25T13:22:04-07:00"}}},"destination":{"datasetId":"d","segmentPerBatch":true},"schema":{"name":"_xdm.context.profile"}}""" },
        { "POST", "/data/foundation/import/batches", """{"datasetId":"d","inputFormat":{"format":"json","isMultiLineJson":true},"partialIngestionPercentage":5,"enableErrorDiagnostics":true,"externalId":"e","tags":{"a":["b"]},"replay":{"predecessors":["x"]}}""" },
        { "POST", $"{Ups}/access/entities", """{"schema":{"name":"_xdm.context.profile"},"fields":["identityMap"],"identities":[{"entityId":"u","entityIdNS":{"code":"email"}}],"mergePolicyId":"m"}""" },
        { "POST", $"{Ups}/access/entities", """{"schema":{"name":"_xdm.context.experienceevent"},"relatedSchema":{"name":"_xdm.context.profile"},"identities":[{"relatedEntityId":"u","relatedEntityIdNS":{"code":"email"},"start":"LTB8MHwwfD1l"}],"timeFilter":{"startTime":1,"endTime":2},"limit":5,"orderby":"-timestamp"}""" },
        { "POST", "/data/foundation/sandbox-management/sandboxes", """{"name":"wrong","title":"t","type":"development"}""" },
        { "PATCH", "/data/foundation/sandbox-management/sandboxes/prod", """{"title":"t"}""" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_AnyFieldOfAnyType_IsAnswered(string method, string path, string body)
    {
        foreach (string changed in Variants(JsonNode.Parse(body)!))
        {
            Answer answer = await server.SendAsync(new HttpMethod(method), path, changed);
            Assert.True(answer.Status < 500, $"{answer.Status} for {changed}: {answer.Text}");
            Assert.DoesNotContain("   at ", answer.Text, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Variants(JsonNode body)
    {
        foreach (string value in Values) yield return value;
        foreach (JsonNode place in Places(body).Skip(1).ToArray())
        {
            foreach (string value in Values.Prepend(""))
            {
                JsonNode copy = body.DeepClone();
                JsonNode target = Places(copy).ElementAt(Array.IndexOf([.. Places(body)], place));
                if (value.Length > 0) target.ReplaceWith(JsonNode.Parse(value));
                else if (target.Parent is JsonObject parent) parent.Remove(target.GetPropertyName());
                yield return copy.ToJsonString();
            }
        }
    }

    private static IEnumerable<JsonNode> Places(JsonNode node)
    {
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject fields => fields.Select(field => field.Value),
            JsonArray items => items,
            _ => [],
        };
        return children.SelectMany(child => Places(child!)).Prepend(node);
    }
}
