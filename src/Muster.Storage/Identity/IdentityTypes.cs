namespace Muster.Storage.Identity;

/// <summary>The types that namespaces give their identities. They match in any case.</summary>
public static class IdentityTypes
{
    /// <summary>A browser.</summary>
    public const string Cookie = "COOKIE";

    /// <summary>A piece of hardware.</summary>
    public const string Device = "DEVICE";

    /// <summary>A person, on whatever device.</summary>
    public const string CrossDevice = "CROSS_DEVICE";

    /// <summary>A person's address.</summary>
    public const string Email = "EMAIL";

    /// <summary>A person's number.</summary>
    public const string Phone = "PHONE";

    /// <summary>Another name of <see cref="Phone"/>.</summary>
    public const string Mobile = "MOBILE";

    /// <summary>No person.</summary>
    public const string NonPeople = "NON_PEOPLE";

    /// <summary>What a partner calls somebody.</summary>
    public const string Partner = "PARTNER";

    /// <summary>The types that custom namespaces can have.</summary>
    public static IReadOnlyList<string> Custom { get; } = [Cookie, CrossDevice, Device, Email, Mobile, NonPeople, Partner, Phone];

    /// <summary>False for identities that are no person's: they are in no graph.</summary>
    public static bool Links(string type) =>
        !Is(type, NonPeople) && !Is(type, Partner) && !type.StartsWith("B2B_", StringComparison.OrdinalIgnoreCase);

    /// <summary>True for identities that name a person, not a device or a browser.</summary>
    public static bool IsPerson(string type) => Is(type, CrossDevice) || Is(type, Email) || Is(type, Phone) || Is(type, Mobile);

    /// <summary>Which identities leave an overfull component first: those of the lowest rank.</summary>
    internal static int EvictionRank(string type)
    {
        if (Is(type, Cookie)) return 1;
        if (Is(type, Device)) return 2;
        return IsPerson(type) ? 3 : 0;
    }

    private static bool Is(string type, string name) => string.Equals(type, name, StringComparison.OrdinalIgnoreCase);
}
