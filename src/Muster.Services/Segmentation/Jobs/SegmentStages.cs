using Muster.Engine.Planning;
using Muster.Pql;
using Muster.Storage.Profiles;

namespace Muster.Services.Segmentation.Jobs;

/// <summary>Definitions that are evaluated together: of one merge method, and after all that they refer to of others.</summary>
/// <param name="Method">Whose profiles.</param>
/// <param name="Queries">In the order of the job.</param>
internal sealed record SegmentStage(MergeMethod Method, IReadOnlyList<SegmentQuery> Queries);

/// <summary>
/// The order in which definitions of several merge methods are evaluated. Within a method the plan orders segments of segments; a reference to a
/// segment of another method needs that one's members, so it comes a stage later.
/// </summary>
internal static class SegmentStages
{
    /// <summary>Orders definitions.</summary>
    /// <param name="queries">The definitions.</param>
    /// <param name="methodOf">The merge method of each.</param>
    /// <param name="cyclic">Gets those that refer to themselves through segments of other methods: they are in no stage.</param>
    public static IReadOnlyList<SegmentStage> Order(
        IReadOnlyList<SegmentQuery> queries, IReadOnlyDictionary<string, MergeMethod> methodOf, out IReadOnlyList<string> cyclic)
    {
        Dictionary<string, int> levels = queries.ToDictionary(q => q.Id, _ => 0, StringComparer.Ordinal);
        (string From, string To, int Step)[] references = [.. queries.SelectMany(q => PqlAnalysis.Of(q.Query).Segments
            .Where(levels.ContainsKey).Select(to => (q.Id, to, methodOf[q.Id].Equals(methodOf[to]) ? 0 : 1)))];
        // A level is at most the number of definitions, unless it grows for ever.
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach ((string from, string to, int step) in references)
            {
                if (levels[from] >= levels[to] + step || levels[from] > queries.Count) continue;
                levels[from] = levels[to] + step;
                changed = true;
            }
        }

        cyclic = [.. queries.Select(q => q.Id).Where(id => levels[id] > queries.Count)];
        return [.. queries.Where(q => levels[q.Id] <= queries.Count).GroupBy(q => (Level: levels[q.Id], Method: methodOf[q.Id]))
            .OrderBy(g => g.Key.Level).Select(g => new SegmentStage(g.Key.Method, [.. g]))];
    }
}
