using System.Text.Json.Nodes;

namespace Muster.Server.Api;

/// <summary>A page of the segmentation APIs: <c>start</c> counts pages from 0, as clients do that follow <c>_page.next</c> or count on their own.</summary>
internal readonly record struct Paging(int Page, int Limit)
{
    public static Paging Read(IQueryCollection query) => new(query.Number("start", 0, 0, 1_000_000), query.PageSize());

    public int Skip => Page * Limit;

    /// <summary>The envelope of lists with <c>children</c>. On the last page <c>next</c> is absent: a null would make clients go on for ever.</summary>
    public JsonObject Envelope(IEnumerable<JsonNode> children, int total)
    {
        var items = new JsonArray([.. children]);
        var page = new JsonObject { ["totalCount"] = total, ["pageSize"] = items.Count };
        if ((long)Skip + items.Count < total && items.Count > 0) page["next"] = (Page + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new JsonObject { ["_page"] = page, ["children"] = items, ["_links"] = new JsonObject { ["next"] = new JsonObject() } };
    }
}
