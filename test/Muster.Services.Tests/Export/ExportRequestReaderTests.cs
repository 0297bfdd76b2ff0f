using System.Text.Json;
using Muster.Services.Export;

namespace Muster.Services.Tests.Export;

public class ExportRequestReaderTests
{
    [Fact]
    public void Read_ManyWrongParts_ReportsEachOfThem()
    {
        const string body = """
            {"fields":7,"mergePolicy":{"version":"one"},"filter":{"segments":[{"segmentNs":"ups","status":["gone"]},3],"emptyProfiles":"maybe",
             "fromIngestTimestamp":"yesterday","segmentQualificationTime":[]},"destination":{}}
            """;
        RequestRefusedException refused = Assert.Throws<RequestRefusedException>(() => Read(body));
        Assert.Equal((400, "UPLIB-101206-500"), (refused.Status, refused.Code));
        Assert.All(refused.Findings, f => Assert.Equal("UPLIB-101206-500", f.Code));
        string all = string.Join('\n', refused.Findings.Select(f => f.Message));
        string[] named =
        [
            "'fields'", "'version'", "'filter.segments.segmentId'", "'filter.segments.status'", "'filter.segments[1]'", "'emptyProfiles'",
            "'fromIngestTimestamp'", "'segmentQualificationTime'", "'destination.datasetId'", "'schema'", "'schema.name'",
        ];
        Assert.All(named, name => Assert.Contains(name, all, StringComparison.Ordinal));
        Assert.Equal(named.Length, refused.Findings.Count);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("null")]
    public void Read_NoObject_IsRefused(string body) => Assert.Equal(400, Assert.Throws<RequestRefusedException>(() => Read(body)).Status);

    [Fact]
    public void Read_EverySpelling_IsUnderstood()
    {
        ExportRequest request = Read("""
            {"fields":" a.b, c ,a.b","mergePolicy":{"id":"p","version":2},"schema":{"name":"s"},"evaluationInfo":{"segmentation":"True"},
             "filter":{"segments":[{"segmentId":"x","status":"exiting"},{"segmentId":"y","segmentNs":"AAM","status":["realized","REALIZED"]},{"segmentId":"z"}],
                       "fromTimestamp":"1970-01-01T00:00:01Z","emptyProfiles":true},
             "additionalFields":{"eventList":{"filter":{"toIngestTimestamp":"1970-01-01T00:00:02Z"}}},
             "destination":{"dataSetId":"d","segmentPerBatch":false}}
            """);
        Assert.Equal(["a.b", "c"], request.Fields);
        Assert.Equal(("p", 2, "d", "s", true, true), (
            request.MergePolicyId, request.MergePolicyVersion, request.DatasetId, request.SchemaName, request.Segmentation, request.EmptyProfiles));
        Assert.Equal([("x", "ups", "exited"), ("y", "AAM", "realized"), ("z", "ups", "realized,existing")],
            request.Segments!.Select(s => (s.SegmentId, s.Namespace, string.Join(',', s.Statuses))));
        Assert.Equal((1000L, 2000L, 0), (request.UpdatedAfter, request.EventsIngestedUntil, request.EventFields!.Count));
    }

    private static ExportRequest Read(string body) => ExportRequestReader.Read(JsonDocument.Parse(body).RootElement);
}
