using Muster.Pql.Binding;
using Muster.Pql.Diagnostics;

namespace Muster.Pql.Classification;

/// <summary>What is to be known of a query before it is evaluated.</summary>
/// <param name="Streaming">What forbids streaming evaluation; empty if it is possible. Batch evaluation always is.</param>
/// <param name="Edge">What forbids edge evaluation.</param>
/// <param name="Segments">The segments that it asks for membership, in order of appearance.</param>
/// <param name="Fields">The paths that it reads, sorted; elements of arrays and maps have the path of the array or map, <c>*</c> any
/// key.</param>
/// <param name="DependsOnNow">Whether the answer can change with the instant.</param>
/// <param name="Windows">The windows that move with the instant, where they stand.</param>
/// <param name="Authoring">Findings about its complexity, which editors show when a definition is made.</param>
public sealed record QueryClassification(
    IReadOnlyList<Obstacle> Streaming, IReadOnlyList<Obstacle> Edge, IReadOnlyList<string> Segments, IReadOnlyList<string> Fields,
        bool DependsOnNow,
    IReadOnlyList<TextSpan> Windows, IReadOnlyList<Diagnostic> Authoring)
{
    /// <summary>The version of the rules.</summary>
    public const string Rules = "2025-05";

    /// <summary>Classifies a query.</summary>
    /// <param name="query">Compiled as a segment.</param>
    /// <param name="usesProfileOnly">Whether a segment, by its id, uses profile attributes alone: edge evaluation may then combine it with
    /// an event. Without it none does.</param>
    public static QueryClassification Of(BoundQuery query, Func<string, bool>? usesProfileOnly = null)
    {
        PqlAnalysis analysis = PqlAnalysis.Of(query);
        EventUses uses = EventUses.Of(query);
        return new QueryClassification(
            StreamingRules.Streaming(query, uses), StreamingRules.Edge(query, uses, usesProfileOnly ?? (_ => false)), analysis.Segments,
            FieldsRead.Of(query), analysis.DependsOnNow, MovingWindows(query), AuthoringRules.Of(query));
    }

    /// <summary>Whether a method can evaluate the query.</summary>
    public bool IsEligible(EvaluationMethod method) => method switch
    {
        EvaluationMethod.Batch => true,
        EvaluationMethod.Streaming => Streaming.Count == 0,
        _ => Edge.Count == 0,
    };

    private static TextSpan[] MovingWindows(BoundQuery query) => BoundTree.DescendantsAndSelf(query.Body)
        .SelectMany(node => node switch
        {
            BoundOccurs occurs => [occurs.Window],
            BoundChain chain => chain.Steps.Select(step => step.When).OfType<TimeWindow>(),
            _ => Enumerable.Empty<TimeWindow>(),
        })
        .Where(StreamingRules.IsMoving).Select(window => window.Span).Distinct().ToArray();
}
