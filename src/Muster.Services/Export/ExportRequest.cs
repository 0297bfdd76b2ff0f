namespace Muster.Services.Export;

/// <summary>What an export is asked to write; times are milliseconds since the epoch.</summary>
/// <param name="Fields">Dotted paths of profile fields; null for all.</param>
/// <param name="MergePolicyId">Null: the policy of the segments, or the sandbox's default without segments.</param>
/// <param name="MergePolicyVersion">Null: the latest.</param>
/// <param name="Segments">Whose profiles; null for all profiles. Several segments select the union.</param>
/// <param name="QualifiedFrom">Only memberships that were gained or lost at this instant or later.</param>
/// <param name="QualifiedTo">Only memberships that were gained or lost at this instant or earlier.</param>
/// <param name="UpdatedAfter">Only profiles whose records changed later than this.</param>
/// <param name="EmptyProfiles">Also profiles that have events but no record.</param>
/// <param name="EventFields">Dotted paths of event fields to write in <c>timeSeriesEvents</c>; null for no events.</param>
/// <param name="EventsIngestedAfter">Only events that arrived later than this.</param>
/// <param name="EventsIngestedUntil">Only events that arrived at this instant or earlier.</param>
/// <param name="DatasetId">The target.</param>
/// <param name="SegmentPerBatch">One batch for each segment.</param>
/// <param name="SchemaName"><c>_xdm.context.profile</c>.</param>
/// <param name="Segmentation">Evaluate the segments first.</param>
public sealed record ExportRequest(
    IReadOnlyList<string>? Fields, string? MergePolicyId, int? MergePolicyVersion, IReadOnlyList<ExportSegment>? Segments,
    long? QualifiedFrom, long? QualifiedTo, long? UpdatedAfter, bool EmptyProfiles,
    IReadOnlyList<string>? EventFields, long? EventsIngestedAfter, long? EventsIngestedUntil,
    string DatasetId, bool SegmentPerBatch, string SchemaName, bool Segmentation);

/// <summary>One segment of an export's filter.</summary>
/// <param name="SegmentId">As given; an id that nobody knows selects nobody.</param>
/// <param name="Namespace">As given; <c>ups</c> in any case means own segments, others are memberships that arrived in records.</param>
/// <param name="Statuses">Of <c>realized</c>, <c>existing</c>, <c>exited</c>.</param>
public sealed record ExportSegment(string SegmentId, string Namespace, IReadOnlyList<string> Statuses)
{
    /// <summary>True for the segments that Muster evaluates.</summary>
    public bool IsOwn => string.Equals(Namespace, "ups", StringComparison.OrdinalIgnoreCase);
}
