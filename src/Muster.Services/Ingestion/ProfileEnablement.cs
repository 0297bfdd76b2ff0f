using System.Text.Json;

namespace Muster.Services.Ingestion;

/// <summary>
/// Whether a dataset feeds profiles: yes unless its tag <c>unifiedProfile</c> says <c>enabled:false</c>. (AEP wants the tag to say
/// <c>enabled:true</c>; here a dataset works without it. See docs/compatibility.md.)
/// </summary>
public static class ProfileEnablement
{
    /// <summary>Reads the tag of a dataset's body; blanks in the value do not count.</summary>
    public static bool IsEnabled(string body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("tags", out JsonElement tags) || tags.ValueKind != JsonValueKind.Object
            || !tags.TryGetProperty("unifiedProfile", out JsonElement values) || values.ValueKind != JsonValueKind.Array) return true;
        return !values.EnumerateArray().Any(v => v.ValueKind == JsonValueKind.String
            && string.Equals(v.GetString()!.Replace(" ", "", StringComparison.Ordinal), "enabled:false",
                StringComparison.OrdinalIgnoreCase));
    }
}
