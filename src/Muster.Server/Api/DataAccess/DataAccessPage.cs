using System.Globalization;
using System.Text.Json.Nodes;

namespace Muster.Server.Api.DataAccess;

/// <summary>The page envelope of the data access API: <c>count</c> is the number of all entries, links are there only when there is more.</summary>
internal static class DataAccessPage
{
    private const int MaxPage = 100;

    public static JsonObject For(HttpContext http, IReadOnlyList<JsonObject> entries)
    {
        int start = http.Request.Query.Number("start", 0, 0, int.MaxValue);
        int limit = http.Request.Query.Number("limit", MaxPage, 1, MaxPage);
        JsonObject[] page = [.. entries.Skip(start).Take(limit)];
        var body = new JsonObject
        {
            ["data"] = new JsonArray([.. page]),
            ["_page"] = new JsonObject { ["limit"] = limit, ["count"] = entries.Count },
        };
        if ((long)start + page.Length >= entries.Count) return body;
        string url = $"{http.Request.Scheme}://{http.Request.Host}{http.Request.Path}";
        body["_links"] = new JsonObject
        {
            ["next"] = new JsonObject { ["href"] = FormattableString.Invariant($"{url}?start={start + page.Length}&limit={limit}") },
            ["page"] = new JsonObject { ["href"] = url + "?start={start}&limit={limit}", ["templated"] = true },
        };
        return body;
    }

    /// <summary>An entry that names a file; numbers are texts in this API.</summary>
    public static JsonObject File(string name, long length, string href) => new()
    {
        ["name"] = name,
        ["length"] = Text(length),
        ["_links"] = new JsonObject { ["self"] = new JsonObject { ["href"] = href } },
    };

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
