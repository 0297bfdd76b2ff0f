using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Pql.Time;
using Muster.Services.Requests;

namespace Muster.Services.Export;

/// <summary>Reads the body of an export request, in every spelling that clients use, with an error for each wrong part.</summary>
public static class ExportRequestReader
{
    /// <summary>The most segments of one export.</summary>
    public const int MaximumSegments = 1000;

    /// <summary>Reads a body.</summary>
    /// <exception cref="RequestRefusedException">400 <c>UPLIB-101206-500</c> with a finding for each missing or wrong field.</exception>
    public static ExportRequest Read(JsonElement body)
    {
        var findings = new RequestFindings("UPLIB-101206-500");
        JsonObject? root = findings.Read(() => body.ValueKind == JsonValueKind.Object
            ? JsonObject.Create(body)
            : throw JsonFields.WrongType("the body", "an object"));
        findings.ThrowIfAny();
        JsonObject destination = findings.Read(() => root!.RequiredObject("destination")) ?? [];
        JsonObject schema = findings.Read(() => root!.RequiredObject("schema")) ?? [];
        JsonObject filter = Optional(root!, "filter") ?? [];
        JsonObject policy = Optional(root!, "mergePolicy") ?? [];
        JsonObject window = Optional(filter, "segmentQualificationTime") ?? [];
        JsonObject? eventList = Optional(Optional(root!, "additionalFields") ?? [], "eventList");
        JsonObject eventFilter = Optional(eventList ?? [], "filter") ?? [];
        var request = new ExportRequest(
            Paths(Text(root!, "fields")) is { Length: > 0 } fields ? fields : null,
            Text(policy, "id"),
            findings.Read(() => policy.Integer("version")),
            findings.Read(() => filter.Array("segments")) is { } segments ? Segments(findings, segments) : null,
            Instant(window, "startTime"),
            Instant(window, "endTime"),
            Instant(filter, "fromIngestTimestamp") ?? Instant(filter, "fromTimestamp"),
            Flag(filter, "emptyProfiles"),
            eventList is null ? null : Paths(Text(eventList, "fields")) ?? [],
            Instant(eventFilter, "fromIngestTimestamp") ?? Instant(eventFilter, "fromTimestamp"),
            Instant(eventFilter, "toIngestTimestamp"),
            Text(destination, "datasetId") ?? findings.Read(() => destination.Text("dataSetId") ?? throw JsonFields.Missing("destination.datasetId")) ?? "",
            Flag(destination, "segmentPerBatch"),
            findings.Read(() => schema.Text("name") ?? throw JsonFields.Missing("schema.name")) ?? "",
            Flag(Optional(root!, "evaluationInfo") ?? [], "segmentation"));
        findings.ThrowIfAny();
        return request;

        JsonObject? Optional(JsonObject parent, string name) => findings.Read(() => parent.Object(name));

        string? Text(JsonObject parent, string name) => findings.Read(() => parent.Text(name));

        bool Flag(JsonObject parent, string name) => findings.Read(() => BooleanOf(parent, name)) ?? false;

        long? Instant(JsonObject parent, string name) => findings.Read(() => InstantOf(parent, name));
    }

    private static List<ExportSegment> Segments(RequestFindings findings, JsonArray list)
    {
        var segments = new List<ExportSegment>();
        if (list.Count > MaximumSegments)
            findings.Read<object>(() => throw JsonFields.WrongType("filter.segments", $"an array of at most {MaximumSegments} segments"));
        foreach (JsonNode? item in list.Take(MaximumSegments))
        {
            JsonObject? segment = findings.Read(
                () => item as JsonObject ?? throw JsonFields.WrongType($"filter.segments[{segments.Count}]", "an object"));
            string? id = segment is null ? "" : findings.Read(() => SegmentId(segment));
            string? ns = segment is null ? null : findings.Read(() => segment.Text("segmentNs"));
            segments.Add(new ExportSegment(id ?? "", ns ?? "ups", findings.Read(() => Statuses(segment?["status"])) ?? []));
        }

        return segments;
    }

    private static string SegmentId(JsonObject segment) =>
        segment.Text("segmentId") is { } id && !string.IsNullOrWhiteSpace(id) ? id : throw JsonFields.Missing("filter.segments.segmentId");

    /// <summary>Clients send an array, or one bare string; one document writes "exiting" where it means "exited".</summary>
    private static string[] Statuses(JsonNode? given)
    {
        if (given is null) return ["realized", "existing"];
        return (given is JsonArray items ? items.ToArray() : [given]).Select(Status).Distinct().ToArray();
    }

    private static string Status(JsonNode? item) =>
        (item?.GetValueKind() == JsonValueKind.String ? item.GetValue<string>().ToLowerInvariant() : null) switch
        {
            "realized" => "realized",
            "existing" => "existing",
            "exited" or "exiting" => "exited",
            _ => throw JsonFields.WrongType("filter.segments.status", "one or more of realized, existing, exited"),
        };

    private static string[]? Paths(string? list) =>
        list?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal).ToArray();

    /// <summary>Some clients send the words true and false as text.</summary>
    private static bool? BooleanOf(JsonObject parent, string name)
    {
        bool isText = parent[name]?.GetValueKind() == JsonValueKind.String;
        return isText && bool.TryParse(parent.Text(name), out bool parsed) ? parsed : parent.Flag(name);
    }

    private static long? InstantOf(JsonObject parent, string name) => parent.Text(name) is { } text
        ? IsoTime.ParseTimestamp(text) ?? throw JsonFields.WrongType(name, "an RFC 3339 timestamp such as 2026-01-31T00:00:00Z")
        : null;
}
