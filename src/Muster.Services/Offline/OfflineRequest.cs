namespace Muster.Services.Offline;

/// <summary>What to evaluate over which files.</summary>
/// <param name="ProfileFiles">Records of profile class: XDM JSON Lines, gzip or not, or Parquet. May be empty.</param>
/// <param name="EventFiles">Experience events, likewise. May be empty.</param>
/// <param name="Segments">The queries; a line may refer to another by its id.</param>
/// <param name="AsOf">Fixes <c>now</c>; later events are hidden.</param>
/// <param name="WorkFolder">An empty folder for intermediate files; the caller deletes it.</param>
public sealed record OfflineRequest(
    IReadOnlyList<string> ProfileFiles, IReadOnlyList<string> EventFiles, IReadOnlyList<SegmentLine> Segments, DateTimeOffset AsOf, string WorkFolder);

/// <summary>What came of a line of the segments file.</summary>
/// <param name="Line">The line.</param>
/// <param name="Count">How many profiles qualify; null if there is an error.</param>
/// <param name="Error">Why there is no count; null if there is one.</param>
public sealed record OfflineResult(SegmentLine Line, long? Count, OfflineError? Error);

/// <summary>Why a segment has no count.</summary>
/// <param name="Code">A diagnostic's code, <c>segments.badLine</c> or <c>segments.badReference</c>.</param>
/// <param name="Message">One sentence for people.</param>
/// <param name="Start">Where in the query the fault begins; null if it is none of the query's text.</param>
/// <param name="End">Where it ends.</param>
public sealed record OfflineError(string Code, string Message, int? Start = null, int? End = null);

/// <summary>The whole answer.</summary>
/// <param name="Results">One a line, in order.</param>
/// <param name="Profiles">How many profiles there are, those known only by events included.</param>
public sealed record OfflineReport(IReadOnlyList<OfflineResult> Results, long Profiles);
