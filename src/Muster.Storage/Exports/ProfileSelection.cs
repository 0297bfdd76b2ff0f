using Muster.Storage.Membership;

namespace Muster.Storage.Exports;

/// <summary>
/// Which profiles an export takes: the named ordinals and whoever has one of the foreign memberships; times in ms since the epoch.
/// </summary>
/// <param name="Ordinals">Null: all profiles.</param>
/// <param name="Foreign">Memberships that arrived in records; each adds its holders.</param>
/// <param name="UpdatedAfter">Only profiles whose records arrived later; null for any.</param>
/// <param name="RecordsOnly">Leaves out profiles that have events only.</param>
/// <param name="Excluded">Profiles that are left out whatever else holds.</param>
public sealed record ProfileSelection(
    OrdinalSet? Ordinals, IReadOnlyList<ForeignMembership> Foreign, long? UpdatedAfter, bool RecordsOnly, OrdinalSet Excluded);

/// <summary>A membership that arrived in records.</summary>
/// <param name="Namespace">Any case.</param>
/// <param name="SegmentId">Case-sensitive.</param>
/// <param name="Statuses">As XDM spells them.</param>
/// <param name="From">lastQualificationTime at or after; null for any.</param>
/// <param name="To">lastQualificationTime at or before; null for any.</param>
public sealed record ForeignMembership(string Namespace, string SegmentId, IReadOnlyList<string> Statuses, long? From, long? To);

/// <summary>Which columns an export writes; times in ms since the epoch.</summary>
/// <param name="Fields">Dotted paths of profile fields; null for all. A path that no data has is left out.</param>
/// <param name="EventFields">Dotted paths of event fields; empty for all, null for no events.</param>
/// <param name="EventsAfter">Only events that arrived later; null for any.</param>
/// <param name="EventsUntil">Only events that arrived then or earlier; null for any.</param>
public sealed record ExportColumns(IReadOnlyList<string>? Fields, IReadOnlyList<string>? EventFields, long? EventsAfter, long? EventsUntil);

/// <summary>What an export wrote.</summary>
/// <param name="Files">Flushed Parquet files; none if nobody was selected.</param>
/// <param name="ByNamespace">By namespace: how many of the written profiles have an identity of it.</param>
public sealed record ExportResult(IReadOnlyList<Lake.LakeFile> Files, IReadOnlyDictionary<string, long> ByNamespace);
