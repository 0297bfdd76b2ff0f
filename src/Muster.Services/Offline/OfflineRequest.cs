using Muster.Engine.Execution;
using Muster.Engine.Explanation;
using Muster.Engine.Planning;

namespace Muster.Services.Offline;

/// <summary>What to evaluate over which files.</summary>
/// <param name="ProfileFiles">Records of profile class: XDM JSON Lines, gzip or not, or Parquet. May be empty.</param>
/// <param name="EventFiles">Experience events, likewise. May be empty.</param>
/// <param name="Segments">The queries; a line may refer to another by its id.</param>
/// <param name="AsOf">Fixes <c>now</c>; later events are hidden.</param>
/// <param name="WorkFolder">An empty folder for intermediate files; the caller deletes it.</param>
public sealed record OfflineRequest(
    IReadOnlyList<string> ProfileFiles, IReadOnlyList<string> EventFiles, IReadOnlyList<SegmentLine> Segments, DateTimeOffset AsOf,
        string WorkFolder)
{
    /// <summary>What each segment may cost; unlimited by default.</summary>
    public WorkBudget Budget { get; init; } = WorkBudget.Unlimited;

    /// <summary>Rules of the planner that are not applied; see <see cref="PlanRules.Names"/>.</summary>
    public IReadOnlySet<string> WithoutRules { get; init; } = new HashSet<string>();
}

/// <summary>What came of a line of the segments file.</summary>
/// <param name="Line">The line.</param>
/// <param name="Count">How many profiles qualify; null if there is an error.</param>
/// <param name="Error">Why there is no count; null if there is one.</param>
public sealed record OfflineResult(SegmentLine Line, long? Count, OfflineError? Error);

/// <summary>Why a segment has no count.</summary>
/// <param name="Code">A diagnostic's code, <c>segments.badLine</c>, <c>segments.badReference</c> or <c>segments.overBudget</c>.</param>
/// <param name="Message">One sentence for people.</param>
/// <param name="Start">Where in the query the fault begins; null if it is none of the query's text.</param>
/// <param name="End">Where it ends.</param>
public sealed record OfflineError(string Code, string Message, int? Start = null, int? End = null);

/// <summary>The whole answer.</summary>
/// <param name="Results">One a line, in order.</param>
/// <param name="Profiles">How many profiles there are, those known only by events included.</param>
/// <param name="Costs">What it cost: of the segments that could be planned.</param>
public sealed record OfflineReport(IReadOnlyList<OfflineResult> Results, long Profiles, CostReport Costs);

/// <summary>How the segments would be evaluated.</summary>
/// <param name="Text">For people: one line an expression, then one a segment.</param>
/// <param name="Plan">For programs.</param>
/// <param name="Errors">The lines that are no part of the plan.</param>
public sealed record OfflinePlan(string Text, PlanDescription Plan, IReadOnlyList<OfflineResult> Errors);

/// <summary>What one profile has to do with a segment.</summary>
/// <param name="Line">The line.</param>
/// <param name="Explanation">Null if there is an error.</param>
/// <param name="Error">Why there is none; null if there is one.</param>
public sealed record OfflineExplanation(SegmentLine Line, ProfileExplanation? Explanation, OfflineError? Error);
