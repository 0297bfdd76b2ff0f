using Muster.Engine.Columns;
using Muster.Engine.Planning;
using Muster.Pql;
using Muster.Pql.Types;
using Muster.Storage.Membership;

namespace Muster.Services.Segmentation.Jobs;

/// <summary>
/// Who is in no audience whatever a definition says: people who opted out (unless the definition includes them) and, where that is asked for,
/// profiles over the guardrails. Both are questions of PQL, so they cost what another segment costs.
/// </summary>
internal static class ExcludedProfiles
{
    /// <summary>The id of the question who opted out: no definition's, for those are UUIDs.</summary>
    public const string OptedOut = "muster:optedOut";

    /// <summary>The id of the question who has too many events.</summary>
    public const string Oversized = "muster:oversized";

    private const string OptOutQuery =
        "(exists o from privacyOptOuts where (o.optOutType.equals(\"general_opt_out\") and o.optOutValue.equals(\"out\"))) or optInOut.globalOptout = true";

    /// <summary>The questions as far as they have a meaning over the schema: without the field nobody opted out.</summary>
    public static IReadOnlyList<SegmentQuery> Queries(ProfileSchema schema, Guardrails guardrails)
    {
        var queries = new List<SegmentQuery>();
        if (PqlCompiler.CompileSegment(OptOutQuery, PqlFormat.Text, schema).Query is { } optedOut) queries.Add(new SegmentQuery(OptedOut, optedOut));
        string tooMany = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"xEvent.count() > {Guardrails.MaxEvents}");
        if (guardrails.ExcludesOversized && PqlCompiler.CompileSegment(tooMany, PqlFormat.Text, schema).Query is { } oversized)
            queries.Add(new SegmentQuery(Oversized, oversized));
        return queries;
    }

    /// <summary>The profiles of a source that opted out.</summary>
    /// <param name="source">The profiles.</param>
    /// <param name="schema">The schema of the sandbox.</param>
    /// <param name="now">The instant, ms.</param>
    /// <param name="cancellationToken">Looked at between blocks.</param>
    public static async Task<OrdinalSet> FindOptedOutAsync(IBlockSource source, ProfileSchema schema, long now, CancellationToken cancellationToken)
    {
        SegmentQuery[] query = [.. Queries(schema, new Guardrails()).Where(q => q.Id == OptedOut)];
        if (query.Length == 0) return OrdinalSet.Empty;
        SegmentEvaluationResult result = await SegmentEvaluation.Create(query, schema)
            .RunAsync(source, now, Engine.Execution.NoSegmentMembers.Instance, _ => Task.CompletedTask, cancellationToken).ConfigureAwait(false);
        return result.Members.GetValueOrDefault(OptedOut) ?? OrdinalSet.Empty;
    }
}
