using System.Globalization;
using Muster.Services;
using Muster.Services.Catalog;

namespace Muster.Server.Api.Catalog;

/// <summary>Reads the list parameters of the catalog.</summary>
internal static class CatalogQueryReader
{
    private const int MaxPage = 100;
    private const int MaxPageWithSchema = 20;

    /// <param name="query">The query of the request.</param>
    /// <param name="filters">The properties that may be filtered by name.</param>
    public static CatalogQuery Read(IQueryCollection query, IReadOnlyList<string> filters)
    {
        string[] properties = query.Text("properties")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        int max = properties.Contains("observableSchema") ? MaxPageWithSchema : MaxPage;
        return new CatalogQuery
        {
            Limit = query.Number("limit", 20, 1, max),
            Start = query.Number("start", 0, 0, int.MaxValue),
            OrderBy = query.Text("orderBy") ?? query.Text("sort"),
            Properties = properties,
            Simple = [.. filters.Select(name => (name, value: query.Text(name))).Where(f => f.value is not null).Select(f => KeyValuePair.Create(f.name, f.value!))],
            Expressions = [.. query.Texts("property").Select(PropertyFilter.Parse)],
            Tags = [.. (query.Text("tags") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Tag)],
            CreatedAfter = Time(query, "createdAfter"),
            CreatedBefore = Time(query, "createdBefore"),
        };
    }

    private static KeyValuePair<string, string> Tag(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            ? KeyValuePair.Create(text[..colon], text[(colon + 1)..])
            : throw new RequestRefusedException(400, "request.query", $"The query parameter 'tags' must be name:value pairs, not '{text}'.");
    }

    private static long? Time(IQueryCollection query, string name)
    {
        if (query.Text(name) is not { } text) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new RequestRefusedException(400, "request.query", $"The query parameter '{name}' must be milliseconds since 1970.");
    }
}
