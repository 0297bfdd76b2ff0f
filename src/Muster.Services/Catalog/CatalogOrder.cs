using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muster.Services.Catalog;

/// <summary>Orders property values: absent first, numbers by value, versions by their parts, the rest as text.</summary>
internal sealed class CatalogOrder : IComparer<JsonNode?>
{
    public static CatalogOrder Instance { get; } = new();

    public int Compare(JsonNode? x, JsonNode? y)
    {
        if (x is null || y is null) return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        if (x.GetValueKind() == JsonValueKind.Number && y.GetValueKind() == JsonValueKind.Number) return Number(x).CompareTo(Number(y));
        return CompareText(PropertyFilter.Text(x)!, PropertyFilter.Text(y)!);
    }

    /// <summary>Numbers and dotted versions by value, the rest in ordinal order.</summary>
    public static int CompareText(string x, string y)
    {
        if (double.TryParse(x, CultureInfo.InvariantCulture, out double left) && double.TryParse(y, CultureInfo.InvariantCulture, out double right))
            return left.CompareTo(right);
        return Version.TryParse(x, out Version? first) && Version.TryParse(y, out Version? second)
            ? first.CompareTo(second)
            : string.CompareOrdinal(x, y);
    }

    private static double Number(JsonNode node) => double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture);
}
