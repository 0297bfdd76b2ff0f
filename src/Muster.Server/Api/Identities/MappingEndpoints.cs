using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services.Identities;
using Muster.Storage.Profiles;

namespace Muster.Server.Api.Identities;

/// <summary>The identities of a person in one namespace.</summary>
internal static class MappingEndpoints
{
    private static readonly string[] _fields = ["targetNs", "target-ns", "targetNS"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/data/core/identity").WithTags("Identity");
        foreach (string path in (string[])["/mapping", "/mappings"])
        {
            group.MapGet(path, GetAsync);
            group.MapPost(path, PostAsync);
        }
    }

    private static async Task<IResult> GetAsync(HttpContext http, NamespaceService namespaces, IdentityClusterService service)
    {
        IQueryCollection query = http.Request.Query;
        NamespaceBook book = await ClusterEndpoints.BookAsync(http, namespaces);
        AskedIdentity asked = AskedIdentity.Read(query, book);
        JsonArray entries = await EntriesAsync(http, book, service, [asked], GraphTypeText.Read(query), Target(book, query.Text("targetNs")));
        JsonObject entry = entries[0]!.AsObject();
        if (entry["mapping"]!.AsArray().Count == 0) return Results.NoContent();
        entry["version"] = ClusterEndpoints.Version;
        return Results.Json(entry);
    }

    private static async Task<IResult> PostAsync(HttpContext http, NamespaceService namespaces, IdentityClusterService service, JsonBody reader)
    {
        JsonNode? body = await reader.ReadAsync(http);
        NamespaceBook book = await ClusterEndpoints.BookAsync(http, namespaces);
        BulkIdentities request = BulkIdentities.Read(body, book);
        JsonObject? fields = (body is JsonArray array ? array.FirstOrDefault() : body) as JsonObject;
        string? target = http.Request.Query.Text("targetNs") ?? _fields.Select(f => fields?[f]?.ToString()).FirstOrDefault(t => t is not null);
        JsonArray entries = await EntriesAsync(http, book, service, request.Asked, GraphTypeText.Read(body), Target(book, target));
        return Results.Json(ClusterEndpoints.Bulk("mappings", entries, request));
    }

    private static async Task<JsonArray> EntriesAsync(
        HttpContext http, NamespaceBook book, IdentityClusterService service, IReadOnlyList<AskedIdentity> asked, GraphType graph, string target)
    {
        IReadOnlyList<IdentityCluster> clusters = await service.ReadAsync(
            Caller.Scope(http), graph, [.. asked.Select(a => (a.Namespace, a.Id))], withLinks: true, http.RequestAborted);
        JsonNode[] entries = [.. asked.Zip(clusters, (one, cluster) =>
        {
            JsonObject entry = ClusterEndpoints.Entry(book, one);
            entry["mapping"] = new JsonArray([.. cluster.Members
                .Where(m => m.Namespace.Equals(target, StringComparison.OrdinalIgnoreCase)).Select(m => Found(book, one, cluster, m))]);
            // Regions are places of the edge network, which is not here.
            entry["regions"] = new JsonArray();
            return entry;
        })];
        return new JsonArray(entries);
    }

    private static JsonNode Found(NamespaceBook book, AskedIdentity asked, IdentityCluster cluster, (string Namespace, string Id) member)
    {
        var found = new JsonObject { [asked.IsByXid ? "xid" : "compositeXid"] = asked.Name(book, member, "namespace") };
        if (cluster.LastSeen(member) is { } time) found["lastAssociationTime"] = time.ToString(CultureInfo.InvariantCulture);
        return found;
    }

    private static string Target(NamespaceBook book, string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) throw AskedIdentity.Wrong("Missing required query parameter - targetNs");
        KnownNamespace? known = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? book.Find(id) : book.Find(text);
        return known?.Code ?? throw AskedIdentity.Wrong($"The provided targetNs={text} is invalid.");
    }
}
