using System.Globalization;
using System.Text.Json;
using Muster.Pql.Time;

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
        var read = new BodyReader();
        JsonElement root = read.Object(body, "the body");
        JsonElement destination = read.RequiredObject(root, "destination");
        JsonElement filter = read.OptionalObject(root, "filter");
        JsonElement policy = read.OptionalObject(root, "mergePolicy");
        JsonElement eventList = read.OptionalObject(read.OptionalObject(root, "additionalFields"), "eventList");
        JsonElement eventFilter = read.OptionalObject(eventList, "filter");
        JsonElement window = read.OptionalObject(filter, "segmentQualificationTime");
        string? eventFields = read.Text(eventList, "fields");
        var request = new ExportRequest(
            Paths(read.Text(root, "fields")) is { Length: > 0 } fields ? fields : null, read.Text(policy, "id"),
                read.Integer(policy, "version"), Segments(read, filter),
            Instant(read, window, "startTime"), Instant(read, window, "endTime"),
            Instant(read, filter, "fromIngestTimestamp") ?? Instant(read, filter, "fromTimestamp"), read.Boolean(filter, "emptyProfiles")
                ?? false,
            eventList.ValueKind == JsonValueKind.Object ? Paths(eventFields) ?? [] : null,
            Instant(read, eventFilter, "fromIngestTimestamp") ?? Instant(read, eventFilter, "fromTimestamp"),
                Instant(read, eventFilter, "toIngestTimestamp"),
            read.Text(destination, "datasetId") ?? read.Text(destination, "dataSetId") ?? read.Missing("destination.datasetId"),
            read.Boolean(destination, "segmentPerBatch") ?? false,
            read.Text(read.RequiredObject(root, "schema"), "name") ?? read.Missing("schema.name"),
            read.Boolean(read.OptionalObject(root, "evaluationInfo"), "segmentation") ?? false);
        read.ThrowIfAny();
        return request;
    }

    private static List<ExportSegment>? Segments(BodyReader read, JsonElement filter)
    {
        if (filter.ValueKind != JsonValueKind.Object || !filter.TryGetProperty("segments", out JsonElement list)
            || list.ValueKind == JsonValueKind.Null) return null;
        if (list.ValueKind != JsonValueKind.Array)
        {
            read.Wrong("filter.segments", "an array of {segmentId, segmentNs, status}");
            return null;
        }

        if (list.GetArrayLength() > MaximumSegments) read.Wrong("filter.segments", $"an array of at most {MaximumSegments} segments");
        var segments = new List<ExportSegment>();
        foreach (JsonElement item in list.EnumerateArray().Take(MaximumSegments))
        {
            JsonElement segment = read.Object(item, "filter.segments[" + segments.Count.ToString(CultureInfo.InvariantCulture) + "]");
            string id = read.Text(segment, "segmentId") ?? read.Missing("filter.segments.segmentId");
            segments.Add(new ExportSegment(id, read.Text(segment, "segmentNs") ?? "ups", Statuses(read, segment)));
        }

        return segments;
    }

    /// <summary>Clients send an array, or one bare string; one document writes "exiting" where it means "exited".</summary>
    private static string[] Statuses(BodyReader read, JsonElement segment)
    {
        if (segment.ValueKind != JsonValueKind.Object || !segment.TryGetProperty("status", out JsonElement given)
            || given.ValueKind == JsonValueKind.Null)
            return ["realized", "existing"];
        JsonElement[] items = given.ValueKind == JsonValueKind.Array ? given.EnumerateArray().ToArray() : [given];
        var statuses = new List<string>();
        foreach (JsonElement item in items)
        {
            string? status = item.ValueKind == JsonValueKind.String ? item.GetString()!.ToLowerInvariant() : null;
            if (status == "exiting") status = "exited";
            if (status is "realized" or "existing" or "exited") statuses.Add(status);
            else read.Wrong("filter.segments.status", "one or more of realized, existing, exited");
        }

        return statuses.Distinct().ToArray();
    }

    private static string[]? Paths(string? list) =>
        list?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal).ToArray();

    private static long? Instant(BodyReader read, JsonElement parent, string name)
    {
        if (read.Text(parent, name) is not { } text) return null;
        if (IsoTime.ParseTimestamp(text) is { } milliseconds) return milliseconds;
        read.Wrong(name, "an RFC 3339 timestamp such as 2026-01-31T00:00:00Z");
        return null;
    }
}
