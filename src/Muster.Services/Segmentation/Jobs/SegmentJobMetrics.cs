using System.Text.Json.Nodes;

namespace Muster.Services.Segmentation.Jobs;

/// <summary>The metrics of a segment job in the shape that clients read. All counters are of merged profiles.</summary>
public static class SegmentJobMetrics
{
    /// <summary>The metrics of a job that has not run.</summary>
    /// <param name="createdAt">When it was made, ms.</param>
    public static JsonObject Starting(long createdAt) => new()
    {
        ["totalTime"] = new JsonObject { ["startTimeInMs"] = createdAt },
        ["profileSegmentationTime"] = new JsonObject(),
    };

    /// <summary>A timing: start, end and their difference, in ms.</summary>
    public static JsonObject Timing(long start, long end) => new()
    {
        ["startTimeInMs"] = start,
        ["endTimeInMs"] = end,
        ["totalTimeInMs"] = end - start,
    };
}
