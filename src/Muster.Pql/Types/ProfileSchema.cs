namespace Muster.Pql.Types;

/// <summary>
/// What a query may name: the union of all fields of profiles, with the events as the array <c>xEvent</c> of the root. Immutable and
/// thread-safe.
/// </summary>
public sealed class ProfileSchema
{
    /// <summary>The name of the array of events in the root.</summary>
    public const string EventArray = "xEvent";

    /// <summary>Makes a schema.</summary>
    /// <param name="profile">An object type: the profile's own fields, <c>identityMap</c>, <c>segmentMembership</c> and, if there are
    /// events, <c>xEvent</c>.</param>
    /// <param name="isOpen">See <see cref="IsOpen"/>.</param>
    public ProfileSchema(DataType profile, bool isOpen)
    {
        if (profile.Kind != TypeKind.Object) throw new ArgumentException("The root of a schema is an object.", nameof(profile));
        Profile = profile;
        IsOpen = isOpen;
    }

    /// <summary>A schema that knows nothing: every path binds, with an unknown type.</summary>
    public static ProfileSchema Untyped { get; } = new(DataType.ObjectOf(), isOpen: true);

    /// <summary>The type of the root.</summary>
    public DataType Profile { get; }

    /// <summary>
    /// True if data may bring fields that the schema does not name (an inferred schema): an unknown name is then a warning and its value
    /// null until data has it. False for a declared schema: an unknown name is an error.
    /// </summary>
    public bool IsOpen { get; }

    /// <summary>The type of one event: an object without fields when there are no events.</summary>
    public DataType Event => Profile.TryGetField(EventArray, out DataType? type) && type.Element is { } element ? element
        : DataType.ObjectOf();
}
