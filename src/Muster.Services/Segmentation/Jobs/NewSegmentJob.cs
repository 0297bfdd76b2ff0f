namespace Muster.Services.Segmentation.Jobs;

/// <summary>What a segment job is asked to do.</summary>
/// <param name="SegmentIds">The definitions, at least one; null for all of the sandbox.</param>
/// <param name="Source"><c>api</c> or <c>scheduler</c>.</param>
/// <param name="RequestId">Trace id of the caller; null to have one made.</param>
/// <param name="ProfileInstanceId">Echoed; null if none was given.</param>
/// <param name="Properties">JSON object: scheduleId and runId of a scheduled one; null for none.</param>
public sealed record NewSegmentJob(IReadOnlyList<string>? SegmentIds, string Source, string? RequestId, string? ProfileInstanceId,
    string? Properties);

/// <summary>A definition as it was when the job was made; the job evaluates this, whatever happens to the definition meanwhile.</summary>
/// <param name="SegmentId">The definition's id.</param>
/// <param name="Version">The definition's version.</param>
/// <param name="Type"><c>PQL</c>.</param>
/// <param name="Format"><c>pql/text</c> or <c>pql/json</c>.</param>
/// <param name="Value">The query.</param>
/// <param name="MergePolicyId">Its merge policy.</param>
/// <param name="MergePolicyVersion">That policy's version.</param>
/// <param name="IncludesOptedOut">True if people who opted out may be members: <c>dataGovernancePolicy.excludeOptOut</c> is false.</param>
public sealed record JobSegment(string SegmentId, int Version, string Type, string Format, string Value, string MergePolicyId,
    int MergePolicyVersion, bool IncludesOptedOut = false);

/// <summary>An error inside a job, as its resource shows it.</summary>
/// <param name="Code">Stable code.</param>
/// <param name="Msg">One sentence.</param>
/// <param name="CallStack">Always empty: internals stay inside.</param>
public sealed record JobError(string Code, string Msg, string CallStack);

/// <summary>Which jobs a listing shows; filters that are null do not apply.</summary>
/// <param name="Start">How many to skip.</param>
/// <param name="Limit">The most to return, 1 to 1,000.</param>
/// <param name="Status">One status.</param>
/// <param name="SegmentId">Only jobs that evaluate this definition.</param>
/// <param name="Descending">Newest first.</param>
public sealed record JobListing(int Start, int Limit, string? Status, string? SegmentId, bool Descending);

/// <summary>One page of a listing.</summary>
/// <param name="Items">The page.</param>
/// <param name="TotalCount">How many there are in all.</param>
public sealed record JobPage<T>(IReadOnlyList<T> Items, int TotalCount);
