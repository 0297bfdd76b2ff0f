using System.Text.Json;
using Muster.Pql.Types;

namespace Muster.Storage.Profiles;

/// <summary>
/// What a run file is: a DuckDB database with the tables <c>profile</c> in the order of profile ordinals, <c>event</c> in the order of profiles and
/// times, <c>tombstone</c> (profiles of older runs that no longer count), <c>source_set</c>, <c>block</c> and <c>meta</c>. A profile's place is its
/// row in <c>profile</c>; events name it, their primary identity, the mark of their identity map and when they arrived.
/// </summary>
internal static class RunFormat
{
    /// <summary>Readers refuse any other.</summary>
    public const int Version = 3;

    /// <summary>The first columns of <c>event</c>, which are no fields.</summary>
    public static IReadOnlyList<string> EventKeys { get; } = ["_place", "_identity", "_mark", "_arrival"];

    /// <summary>
    /// SQL of the sequence of an event's batch: the upper half of <c>_arrival</c>, whose lower half is the row in the batch. Among the events of a profile
    /// and an instant it is the order in which they are stored, whatever runs they went through.
    /// </summary>
    public const string BatchOfEvent = "(_arrival >> 32)";

    /// <summary>The <c>_arrival</c> of a row, from 0, of the batch of a sequence.</summary>
    public static long Arrival(long sequence, long row) => (sequence << 32) + row;

    /// <summary>The most distinct values of a column that is stored as codes.</summary>
    public const int MaxDictionary = 65_536;

    /// <summary>The map of identities that every profile has.</summary>
    public const string IdentityMap = "identityMap";

    /// <summary>Memberships of audiences that others computed, by namespace and segment.</summary>
    public const string SegmentMembership = "segmentMembership";

    /// <summary>The type of <see cref="IdentityMap"/>.</summary>
    public static DataType IdentityMapType { get; } = DataType.MapOf(DataType.ArrayOf(DataType.ObjectOf(
        ("id", DataType.String), ("primary", DataType.Boolean), ("authenticatedState", DataType.String))));

    private static readonly JsonSerializerOptions Json = new() { Converters = { new DataTypeJsonConverter() } };

    // Columns that tell about a row; data that brings a field of the name does without it.
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "_ordinal", "_place", "_identity", "_mark", "_arrival", "_updated", "_record", "_sources",
    };

    /// <summary>True for the names of a run's own columns.</summary>
    public static bool IsReserved(string name) => Reserved.Contains(name);

    /// <summary>
    /// An instant in milliseconds as SQL that is compared with a TIMESTAMPTZ; kept within the years that all sides can say, 1 to 9999.
    /// </summary>
    public static string Instant(long milliseconds) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"make_timestamptz({Math.Clamp(milliseconds, -62_135_596_800_000, 253_402_300_799_999) * 1000})");

    /// <summary>A type as JSON.</summary>
    public static string Write(DataType type) => JsonSerializer.Serialize(type, Json);

    /// <summary>A type from JSON.</summary>
    public static DataType Read(string json) => JsonSerializer.Deserialize<DataType>(json, Json) ?? throw new InvalidDataException("A run has no schema.");

    /// <summary>True for a map of maps of objects that say when a profile last qualified: these are merged entry by entry.</summary>
    public static bool IsMembership(SchemaLeaf leaf) =>
        leaf.Name == SegmentMembership && leaf.Type is { Kind: TypeKind.Map, Element: { Kind: TypeKind.Map, Element: { Kind: TypeKind.Object } entry } }
        && entry.TryGetField("lastQualificationTime", out DataType? time) && time.Kind == TypeKind.Timestamp;
}
