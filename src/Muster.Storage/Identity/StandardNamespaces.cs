namespace Muster.Storage.Identity;

/// <summary>The codes of the namespaces that every organisation has: data may spell them in any case, answers spell them so.</summary>
internal static class StandardNamespaces
{
    private static readonly HashSet<string> Codes = new(StringComparer.OrdinalIgnoreCase)
    {
        "CORE", "ECID", "Email", "Phone", "WAID", "TNTID", "AAID", "AdCloud", "GAID", "IDFA", "Email_LC_SHA256", "Phone_SHA256", "Phone_E.164",
        "Phone_SHA256_E.164", "APNS", "FCM", "AVID", "gclid", "b2b_person", "b2b_account", "b2b_opportunity", "b2b_campaign",
        "b2b_campaign_member", "b2b_marketing_list", "b2b_marketing_list_member", "b2b_account_person_relation", "b2b_opportunity_person_relation",
    };

    /// <summary>The standard spelling of a standard code, any other code as it is.</summary>
    public static string Spell(string code) => Codes.TryGetValue(code, out string? standard) ? standard : code;
}
