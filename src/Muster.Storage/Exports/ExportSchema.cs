using System.Globalization;
using System.Text.Json;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;

namespace Muster.Storage.Exports;

/// <summary>
/// The record that an export writes: the union of the runs' profile types, <c>segmentMembership</c>, and the older field <c>identities</c>
/// when
/// asked for.
/// </summary>
internal static class ExportSchema
{
    /// <summary>The map of memberships.</summary>
    public const string Membership = "segmentMembership";

    /// <summary>The identities as a list, as older clients name them: <c>identities.id</c>, <c>identities.namespace.code</c>.</summary>
    public const string Identities = "identities";

    private static readonly DataType _membershipType =
        DataType.MapOf(DataType.MapOf(DataType.ObjectOf(("lastQualificationTime", DataType.Timestamp), ("status", DataType.String))));

    private static readonly DataType _identitiesType = DataType.ArrayOf(DataType.ObjectOf(
        ("id", DataType.String), ("namespace", DataType.ObjectOf(("code", DataType.String))), ("primary", DataType.Boolean)));

    /// <summary>The wanted record type.</summary>
    public static DataType Of(IEnumerable<DataType> runs, IReadOnlyList<string>? fields)
    {
        DataType union = Unite(runs);
        if (!union.TryGetField(Membership, out DataType? stored)
            || stored is not { Kind: TypeKind.Map, Element: { Kind: TypeKind.Map, Element.Kind: TypeKind.Object } })
            union = DataType.ObjectOf(union.Fields.Where(f => f.Name != Membership).Append(new Field(Membership, _membershipType)));
        if (fields is null) return union;
        if (fields.Any(f => f == Identities || f.StartsWith(Identities + ".", StringComparison.Ordinal)))
            union = DataType.ObjectOf(union.Fields.Where(f => f.Name != Identities).Append(new Field(Identities, _identitiesType)));
        return FieldPruning.Prune(union, fields);
    }

    /// <summary>The union of object types.</summary>
    public static DataType Unite(IEnumerable<DataType> types) => types.Aggregate(DataType.ObjectOf(), SchemaLeaf.Unite);

    /// <summary>
    /// Own memberships as JSON in the shape of the column: an entry has every field of the type, for the cast to it demands them.
    /// </summary>
    /// <param name="memberships">Of one profile.</param>
    /// <param name="type">The column's.</param>
    public static string MembershipJson(IReadOnlyList<ProfileMembership> memberships, DataType type)
    {
        DataType entry = type.Element!.Element!;
        Dictionary<string, Dictionary<string, string?>> segments = memberships.ToDictionary(
            m => m.SegmentId, m => entry.Fields.ToDictionary(f => f.Name, f => Value(m, f.Name), StringComparer.Ordinal));
        return JsonSerializer.Serialize(new Dictionary<string, object> { ["ups"] = segments });
    }

    /// <summary>SQL: own memberships (<c>m.value</c>) beside those that arrived in records; null if there are none.</summary>
    public static string MembershipValue(string arrived, bool hasArrived, DataType type)
    {
        string own = $"CAST(m.value::JSON AS {SqlText.Type(type)})";
        if (!hasArrived) return own;
        // What arrived under our own namespace, in any case, was made elsewhere: our evaluation takes its place.
        string others = $"map_from_entries(list_filter(map_entries({arrived}), e -> lower(e.key) <> 'ups'))";
        return $"CASE WHEN {arrived} IS NULL THEN {own} WHEN m.value IS NULL THEN {arrived} ELSE map_concat({others}, {own}) END";
    }

    /// <summary>SQL: the identity map as a list.</summary>
    public static string IdentitiesValue(DataType type)
    {
        IEnumerable<string> fields = type.Element!.Fields.Select(f => SqlText.Identifier(f.Name) + " := " + f.Name switch
        {
            "id" => "v.id::VARCHAR",
            "namespace" => "struct_pack(code := e.key::VARCHAR)",
            _ => "v.\"primary\"",
        });
        return $"flatten(list_transform(map_entries(p.\"identityMap\"), e -> list_transform(e.value, v -> struct_pack({string.Join(", ", fields)}))))";
    }

    private static string? Value(ProfileMembership membership, string field) => field switch
    {
        "lastQualificationTime" => DateTimeOffset.FromUnixTimeMilliseconds(membership.LastQualificationTime)
            .ToString("yyyy-MM-dd HH:mm:ss.fff+00", CultureInfo.InvariantCulture),
        "status" => membership.Status switch
        {
            MembershipStatus.Realized => "realized",
            MembershipStatus.Existing => "existing",
            _ => "exited",
        },
        _ => null,
    };
}
