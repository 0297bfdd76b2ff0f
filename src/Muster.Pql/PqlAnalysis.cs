using Muster.Pql.Binding;
using Muster.Pql.Functions;

namespace Muster.Pql;

/// <summary>What a bound query depends on besides the profile.</summary>
/// <param name="Segments">The ids that <c>inSegment</c> names: distinct, in order of appearance.</param>
/// <param name="DependsOnNow">Whether the result can change with the run's instant.</param>
public sealed record PqlAnalysis(IReadOnlyList<string> Segments, bool DependsOnNow)
{
    /// <summary>Looks through a whole query.</summary>
    public static PqlAnalysis Of(BoundQuery query)
    {
        List<string> segments = [];
        bool dependsOnNow = false;
        foreach (BoundExpression node in BoundTree.DescendantsAndSelf(query.Body))
        {
            switch (node)
            {
                case BoundInSegment segment when !segments.Contains(segment.SegmentId): segments.Add(segment.SegmentId); break;
                case BoundNow or BoundRelativeDay: dependsOnNow = true; break;
                case BoundOccurs occurs: dependsOnNow |= IsRelative(occurs.Window); break;
                case BoundChain chain: dependsOnNow |= chain.Steps.Any(s => IsRelative(s.When)); break;
                case BoundCall call: dependsOnNow |= FunctionCatalogue.All[call.Function].Scalar!.DependsOnNow; break;
            }
        }
        return new PqlAnalysis(segments, dependsOnNow);
    }

    // References that are expressions are among the descendants.
    private static bool IsRelative(TimeWindow? window) => window is { Reference: PeriodReference } or { Second: PeriodReference };
}
