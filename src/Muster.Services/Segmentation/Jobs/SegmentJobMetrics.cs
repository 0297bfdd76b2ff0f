using System.Text.Json.Nodes;
using Muster.Engine.Execution;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

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

    /// <summary>The metrics of a job that evaluated; an entry for each evaluated segment, zero included.</summary>
    internal static JsonObject Finished(
        long createdAt, long started, long evaluated, long finished, SegmentJobResult result, IReadOnlyDictionary<string, MembershipCounters> counters,
        IReadOnlyDictionary<string, MergeMethod> methods, SandboxSnapshot snapshot)
    {
        var byProfile = new JsonObject();
        var byNamespace = new JsonObject();
        var byStatus = new JsonObject();
        foreach ((GraphType graph, string id, OrdinalSet members) in result.Members.SelectMany(g => g.Value.Select(m => (g.Key, m.Key, m.Value))))
        {
            byProfile[id] = members.LongCount;
            var namespaces = new JsonObject();
            foreach ((string name, int count) in snapshot.Profiles.CountNamespaces(graph, members)) namespaces[name] = count;
            byNamespace[id] = namespaces;
            MembershipCounters counter = counters[id];
            byStatus[id] = new JsonObject { ["realized"] = counter.Realized, ["existing"] = counter.Existing, ["exited"] = counter.Exited };
        }

        var byPolicy = new JsonObject();
        foreach ((string policy, MergeMethod method) in methods)
            if (result.Profiles.TryGetValue(method.Key, out long count)) byPolicy[policy] = count;
        var metrics = new JsonObject
        {
            ["totalTime"] = Timing(createdAt, finished),
            ["profileSegmentationTime"] = Timing(started, evaluated),
            ["totalProfiles"] = result.Profiles.Values.DefaultIfEmpty(0).Max(),
            ["segmentedProfileCounter"] = byProfile,
            ["segmentedProfileByNamespaceCounter"] = byNamespace,
            ["segmentedProfileByStatusCounter"] = byStatus,
            ["totalProfilesByMergePolicy"] = byPolicy,
            ["segmentCosts"] = CostsOf(result),
        };
        if (result.Oversized.Values.Sum() is > 0 and long oversized) metrics["excludedProfileCounter"] = new JsonObject { ["tooManyEvents"] = oversized };
        return metrics;
    }

    // Work does not depend on the machine; milliseconds are of all threads together.
    private static JsonObject CostsOf(SegmentJobResult result)
    {
        var costs = new JsonObject();
        foreach (SegmentCost cost in result.Costs)
            costs[cost.Id] = new JsonObject
            {
                ["work"] = Math.Round(cost.Work),
                ["marginalWork"] = cost.MarginalWork,
                ["milliseconds"] = Math.Round(cost.Milliseconds, 3),
                ["marginalMilliseconds"] = Math.Round(cost.MarginalMilliseconds, 3),
            };
        return costs;
    }
}
