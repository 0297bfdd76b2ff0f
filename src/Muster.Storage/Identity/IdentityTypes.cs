namespace Muster.Storage.Identity;

/// <summary>The types that namespaces give their identities.</summary>
internal static class IdentityTypes
{
    public const string Cookie = "COOKIE", Device = "DEVICE", CrossDevice = "CROSS_DEVICE", Email = "EMAIL", Phone = "PHONE";

    /// <summary>False for identities that are no person's: they are in no graph.</summary>
    public static bool Links(string type) =>
        !Is(type, "NON_PEOPLE") && !Is(type, "PARTNER") && !type.StartsWith("B2B_", StringComparison.OrdinalIgnoreCase);

    /// <summary>Which identities leave an overfull component first: those of the lowest rank.</summary>
    public static int EvictionRank(string type)
    {
        if (Is(type, Cookie)) return 1;
        if (Is(type, Device)) return 2;
        return Is(type, CrossDevice) || Is(type, Email) || Is(type, Phone) ? 3 : 0;
    }

    private static bool Is(string type, string name) => string.Equals(type, name, StringComparison.OrdinalIgnoreCase);
}
