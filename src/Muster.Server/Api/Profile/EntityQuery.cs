using System.Globalization;
using Muster.Services;
using Muster.Services.Entities;
using Muster.Storage.Lookup;

namespace Muster.Server.Api.Profile;

/// <summary>The parameters of entity access that query strings and bodies have in common, as values.</summary>
internal static class EntityQuery
{
    private const string EventClass = "_xdm.context.experienceevent";
    private const string ProfileClass = "_xdm.context.profile";

    // Two characters first, so that <= is not read as < with a value that begins with =.
    private static readonly (string Sign, EventComparison Comparison)[] _comparisons =
    [
        ("!=", EventComparison.NotEqual), ("<=", EventComparison.LessOrEqual), (">=", EventComparison.GreaterOrEqual),
        ("=", EventComparison.Equal), ("<", EventComparison.Less), (">", EventComparison.Greater),
    ];

    /// <summary>True for events, false for profiles.</summary>
    public static bool IsEvents(string? schema, string? related)
    {
        if (schema == ProfileClass) return false;
        if (schema is null) throw Missing("schema.name");
        if (schema != EventClass)
            throw new RequestRefusedException(400, "entity.schema", $"The schema '{schema}' is not supported: use '{ProfileClass}' or '{EventClass}'.");
        if (related != ProfileClass) throw new RequestRefusedException(400, "entity.schema", $"Events need relatedSchema.name '{ProfileClass}'.");
        return true;
    }

    /// <summary>True for the newest first. A plus sign arrives as a blank.</summary>
    public static bool IsDescending(string? order)
    {
        string text = (order ?? "").Trim();
        return text is "" or "timestamp" or "+timestamp" or "-timestamp"
            ? text.StartsWith('-')
            : throw new RequestRefusedException(400, "request.query", "The parameter 'orderby' must be +timestamp or -timestamp.");
    }

    /// <summary>The paths of a list with commas; null if there is none.</summary>
    public static IReadOnlyList<string>? Paths(string? list) => list?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Milliseconds since 1970 in a query string.</summary>
    public static long? Time(IQueryCollection query, string name)
    {
        if (query.Text(name) is not { } text) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value : throw new RequestRefusedException(400, "request.query", $"The query parameter '{name}' must be milliseconds since 1970.");
    }

    /// <summary>Filters such as <c>web.webPageDetails.isHomePage=true</c>, all of which must hold.</summary>
    public static IReadOnlyList<EventCondition> Conditions(IReadOnlyList<string> texts)
    {
        if (texts.Count > EntityLimits.MaxConditions)
            throw new RequestRefusedException(400, "entity.property", $"At most {EntityLimits.MaxConditions} filters are allowed, {texts.Count} are given.");
        return [.. texts.Select(Condition)];
    }

    public static RequestRefusedException Missing(string name) => new(400, "request.missingField", $"The query parameter '{name}' is missing.");

    private static EventCondition Condition(string text)
    {
        int at = text.AsSpan().IndexOfAny("=!<>");
        foreach ((string sign, EventComparison comparison) in _comparisons)
        {
            if (at <= 0 || string.CompareOrdinal(text, at, sign, 0, sign.Length) != 0) continue;
            string path = text[..at].Trim(), value = text[(at + sign.Length)..].Trim();
            if (value.Length >= 2 && value[0] is '"' or '\'' && value[^1] == value[0]) value = value[1..^1];
            if (path.Length > 0 && !path.Split('.').Contains("")) return new EventCondition(path.Split('.'), comparison, value);
        }
        throw new RequestRefusedException(400, "entity.property",
            $"The filter '{text}' must be a path, one of = != < <= > >=, and a value, such as eventType=web.formFilledOut.");
    }
}
