using System.Globalization;
using Muster.Services;

namespace Muster.Server.Api;

/// <summary>Query parameters as clients really send them: names in any case, empty values and unset template variables (<c>{{limit}}</c>) absent.</summary>
internal static class QueryText
{
    public static string? Text(this IQueryCollection query, string name)
    {
        string? value = query[name].FirstOrDefault(v => !string.IsNullOrWhiteSpace(v));
        return value is null || IsTemplate(value) ? null : value.Trim();
    }

    public static IReadOnlyList<string> Texts(this IQueryCollection query, string name) =>
        [.. query[name].Where(v => !string.IsNullOrWhiteSpace(v) && !IsTemplate(v)).Select(v => v!.Trim())];

    public static bool? Flag(this IQueryCollection query, string name) => query.Text(name) switch
    {
        null => null,
        { } text when bool.TryParse(text, out bool value) => value,
        _ => throw new RequestRefusedException(400, "request.query", $"The query parameter '{name}' must be true or false."),
    };

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public static int Number(this IQueryCollection query, string name, int missing, int min, int max)
    {
        if (query.Text(name) is not { } text) return missing;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max
            ? value
            : throw new RequestRefusedException(400, "request.query", $"The query parameter '{name}' must be a whole number from {min} to {max}.");
    }

    /// <summary>The page size of the segmentation APIs: 100 unless told, at most 1000, more is cut.</summary>
    public static int PageSize(this IQueryCollection query, int missing = 100) => Math.Min(query.Number("limit", missing, 1, int.MaxValue), 1000);

    private static bool IsTemplate(string? value) =>
        value!.StartsWith("{{", StringComparison.Ordinal) && value.EndsWith("}}", StringComparison.Ordinal);
}
