namespace Muster.Storage.Identity;

/// <summary>The namespaces that every organisation has, with the types of their identities: data may spell the codes in any case, answers spell them so.</summary>
internal static class StandardNamespaces
{
    private static readonly Dictionary<string, (string Code, string Type)> Known = new (string Code, string Type)[]
    {
        ("CORE", IdentityTypes.Cookie), ("ECID", IdentityTypes.Cookie), ("Email", IdentityTypes.Email), ("Phone", IdentityTypes.Phone),
        ("WAID", IdentityTypes.Device), ("TNTID", IdentityTypes.Cookie), ("AAID", IdentityTypes.Cookie), ("AdCloud", IdentityTypes.Cookie),
        ("GAID", IdentityTypes.Device), ("IDFA", IdentityTypes.Device), ("Email_LC_SHA256", IdentityTypes.Email),
        ("Phone_SHA256", IdentityTypes.Phone), ("Phone_E.164", IdentityTypes.Phone), ("Phone_SHA256_E.164", IdentityTypes.Phone),
        ("APNS", IdentityTypes.Device), ("FCM", IdentityTypes.Device), ("AVID", IdentityTypes.Cookie), ("gclid", IdentityTypes.Cookie),
        ("b2b_person", IdentityTypes.CrossDevice), ("b2b_account", "B2B_ACCOUNT"), ("b2b_opportunity", "B2B_OPPORTUNITY"),
        ("b2b_campaign", "B2B_CAMPAIGN"), ("b2b_campaign_member", "B2B_CAMPAIGN_MEMBER"), ("b2b_marketing_list", "B2B_MARKETING_LIST"),
        ("b2b_marketing_list_member", "B2B_MARKETING_LIST_MEMBER"), ("b2b_account_person_relation", "B2B_ACCOUNT_PERSON"),
        ("b2b_opportunity_person_relation", "B2B_OPPORTUNITY_PERSON"),
    }.ToDictionary(n => n.Code, StringComparer.OrdinalIgnoreCase);

    /// <summary>The standard spelling of a standard code, any other code as it is.</summary>
    public static string Spell(string code) => Known.TryGetValue(code, out (string Code, string Type) standard) ? standard.Code : code;

    /// <summary>The type of the identities of a standard namespace; null for any other.</summary>
    public static string? TypeOf(string code) => Known.TryGetValue(code, out (string Code, string Type) standard) ? standard.Type : null;
}
