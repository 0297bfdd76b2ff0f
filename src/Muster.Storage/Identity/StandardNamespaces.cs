namespace Muster.Storage.Identity;

/// <summary>A namespace that every organisation has.</summary>
/// <param name="Id">Its number; those from 9,000,001 on are ours, for none is published. Never changes.</param>
/// <param name="Code">How answers spell its code.</param>
/// <param name="Type">The type of its identities.</param>
/// <param name="Name">For people.</param>
public sealed record StandardNamespace(int Id, string Code, string Type, string Name);

/// <summary>The namespaces that every organisation has: data may spell the codes in any case, answers spell them so.</summary>
public static class StandardNamespaces
{
    /// <summary>All of them by number.</summary>
    public static IReadOnlyList<StandardNamespace> All { get; } =
    [
        new(0, "CORE", IdentityTypes.Cookie, "Adobe AudienceManager"),
        new(4, "ECID", IdentityTypes.Cookie, "ECID"),
        new(6, "Email", IdentityTypes.Email, "Email"),
        new(7, "Phone", IdentityTypes.Phone, "Phone"),
        new(8, "WAID", IdentityTypes.Device, "Windows AID"),
        new(9, "TNTID", IdentityTypes.Cookie, "Adobe Target (TNTID)"),
        new(10, "AAID", IdentityTypes.Cookie, "Adobe Analytics (Legacy ID)"),
        new(411, "AdCloud", IdentityTypes.Cookie, "AdCloud"),
        new(20914, "GAID", IdentityTypes.Device, "Google Ad ID (GAID)"),
        new(20915, "IDFA", IdentityTypes.Device, "Apple IDFA (ID for Advertisers)"),
        new(9_000_001, "Email_LC_SHA256", IdentityTypes.Email, "Emails (SHA256, lowercased)"),
        new(9_000_002, "Phone_SHA256", IdentityTypes.Phone, "Phone (SHA256)"),
        new(9_000_003, "Phone_E.164", IdentityTypes.Phone, "Phone (E.164)"),
        new(9_000_004, "Phone_SHA256_E.164", IdentityTypes.Phone, "Phone (SHA256_E.164)"),
        new(9_000_005, "APNS", IdentityTypes.Device, "Apple Push Notification service"),
        new(9_000_006, "FCM", IdentityTypes.Device, "Firebase Cloud Messaging"),
        new(9_000_007, "AVID", IdentityTypes.Cookie, "AVID"),
        new(9_000_008, "gclid", IdentityTypes.Cookie, "Google Click ID"),
        new(9_000_009, "b2b_person", IdentityTypes.CrossDevice, "B2B Person"),
        new(9_000_010, "b2b_account", "B2B_ACCOUNT", "B2B Account"),
        new(9_000_011, "b2b_opportunity", "B2B_OPPORTUNITY", "B2B Opportunity"),
        new(9_000_012, "b2b_campaign", "B2B_CAMPAIGN", "B2B Campaign"),
        new(9_000_013, "b2b_campaign_member", "B2B_CAMPAIGN_MEMBER", "B2B Campaign Member"),
        new(9_000_014, "b2b_marketing_list", "B2B_MARKETING_LIST", "B2B Marketing List"),
        new(9_000_015, "b2b_marketing_list_member", "B2B_MARKETING_LIST_MEMBER", "B2B Marketing List Member"),
        new(9_000_016, "b2b_account_person_relation", "B2B_ACCOUNT_PERSON", "B2B Account Person Relation"),
        new(9_000_017, "b2b_opportunity_person_relation", "B2B_OPPORTUNITY_PERSON", "B2B Opportunity Person Relation"),
    ];

    // After All, which it is made from.
    private static readonly Dictionary<string, StandardNamespace> _known = All.ToDictionary(n => n.Code, StringComparer.OrdinalIgnoreCase);

    /// <summary>The standard spelling of a standard code, any other code as it is.</summary>
    internal static string Spell(string code) => _known.TryGetValue(code, out StandardNamespace? standard) ? standard.Code : code;

    /// <summary>The type of the identities of a standard namespace; null for any other.</summary>
    internal static string? TypeOf(string code) => _known.GetValueOrDefault(code)?.Type;
}
