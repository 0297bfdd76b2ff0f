using Muster.Pql.Types;

namespace Muster.Storage.Schemas;

/// <summary>The fields that XDM's standard field groups define for profiles and experience events, as types.</summary>
public static class XdmStandardSchema
{
    /// <summary>Namespace to identities.</summary>
    public static DataType IdentityMap { get; } = DataType.MapOf(DataType.ArrayOf(DataType.ObjectOf(
        ("id", DataType.String), ("primary", DataType.Boolean), ("authenticatedState", DataType.String))));

    /// <summary>Namespace to segment id to membership.</summary>
    public static DataType SegmentMembership { get; } = DataType.MapOf(DataType.MapOf(DataType.ObjectOf(
        ("lastQualificationTime", DataType.Timestamp),
        ("status", DataType.String),
        ("validUntil", DataType.Timestamp),
        ("version", DataType.String),
        ("profileStitchID", DataType.String),
        ("payload", DataType.ObjectOf(
            ("payloadType", DataType.String),
            ("payloadBooleanValue", DataType.Boolean),
            ("payloadNumberValue", DataType.Double),
            ("payloadPropensityValue", DataType.Double),
            ("payloadStringValue", DataType.String))))));

    /// <summary>A record of profile class. Maps whose values the standard leaves open have values of type Unknown.</summary>
    public static DataType Profile { get; } = FieldTable.Read(
        "xdm-profile.txt", ("identityMap", IdentityMap), ("segmentMembership", SegmentMembership));

    /// <summary>An experience event.</summary>
    public static DataType Event { get; } = FieldTable.Read("xdm-event.txt", ("identityMap", IdentityMap));
}
