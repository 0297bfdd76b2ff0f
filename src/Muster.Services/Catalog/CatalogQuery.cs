using System.Text.Json.Nodes;

namespace Muster.Services.Catalog;

/// <summary>What a list of catalog objects was asked for.</summary>
public sealed record CatalogQuery
{
    /// <summary>Page size, 1 to 100.</summary>
    public int Limit { get; init; } = 20;

    /// <summary>Objects to skip.</summary>
    public int Start { get; init; }

    /// <summary>Comma-separated, each <c>name</c>, <c>asc:name</c> or <c>desc:name</c>; null: newest first.</summary>
    public string? OrderBy { get; init; }

    /// <summary>Top-level properties to keep; empty: all.</summary>
    public IReadOnlyList<string> Properties { get; init; } = [];

    /// <summary>Filters that must all hold: <c>name=v1,v2</c> as pairs.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Simple { get; init; } = [];

    /// <summary>Expressions of the parameter <c>property</c> that must all hold.</summary>
    public IReadOnlyList<PropertyFilter> Expressions { get; init; } = [];

    /// <summary>Tags that the object must have, each with a value; <c>*</c> stands for any characters.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    /// <summary>Only objects created after, ms.</summary>
    public long? CreatedAfter { get; init; }

    /// <summary>Only objects created before, ms.</summary>
    public long? CreatedBefore { get; init; }

    /// <summary>The page as one object keyed by id, in order.</summary>
    public JsonObject Run(IEnumerable<KeyValuePair<string, JsonObject>> objects)
    {
        IEnumerable<KeyValuePair<string, JsonObject>> found = objects.Where(o => Matches(o.Value));
        var page = new JsonObject();
        foreach ((string id, JsonObject document) in Sort(found).Skip(Start).Take(Limit)) page[id] = Project(document);
        return page;
    }

    /// <summary>The object with the wanted properties only.</summary>
    public JsonObject Project(JsonObject document)
    {
        if (Properties.Count == 0) return document;
        var kept = new JsonObject();
        foreach (string name in Properties)
            if (document.TryGetPropertyValue(name, out JsonNode? value)) kept[name] = value?.DeepClone();
        return kept;
    }

    private bool Matches(JsonObject document)
    {
        long created = (long?)document["created"] ?? 0;
        return !(created <= CreatedAfter) && !(created >= CreatedBefore)
            && Simple.All(f => MatchesSimple(document, f.Key, f.Value)) && Tags.All(t => HasTag(document, t.Key, t.Value))
            && Expressions.All(f => f.Matches(document));
    }

    private static bool HasTag(JsonObject document, string name, string wanted) =>
        document["tags"]?[name] is JsonArray values && (wanted == "*" || values.Any(v => Wildcard.Matches(PropertyFilter.Text(v) ?? "", wanted)));

    private static bool MatchesSimple(JsonObject document, string name, string wanted)
    {
        bool negated = wanted.StartsWith('!');
        string[] values = (negated ? wanted[1..] : wanted).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string actual = PropertyFilter.Text(document[name]) ?? "";
        bool any = values.Any(v => name == "name" ? Wildcard.Matches(actual, v) : actual == v);
        return any != negated;
    }

    private IEnumerable<KeyValuePair<string, JsonObject>> Sort(IEnumerable<KeyValuePair<string, JsonObject>> found)
    {
        string[] keys = (OrderBy ?? "desc:created").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        IOrderedEnumerable<KeyValuePair<string, JsonObject>>? sorted = null;
        foreach (string key in keys)
        {
            bool descending = key.StartsWith("desc:", StringComparison.OrdinalIgnoreCase);
            string name = key[(key.IndexOf(':', StringComparison.Ordinal) + 1)..];
            Func<KeyValuePair<string, JsonObject>, JsonNode?> by = o => o.Value[name];
            sorted = (sorted, descending) switch
            {
                (null, false) => found.OrderBy(by, CatalogOrder.Instance),
                (null, true) => found.OrderByDescending(by, CatalogOrder.Instance),
                (_, false) => sorted.ThenBy(by, CatalogOrder.Instance),
                (_, true) => sorted.ThenByDescending(by, CatalogOrder.Instance),
            };
        }

        // The id makes pages stable when everything else is equal.
        return sorted is null ? found : sorted.ThenBy(o => o.Key, StringComparer.Ordinal);
    }
}
