using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services.Identities;
using Muster.Services.Requests;
using Muster.Storage.Profiles;

namespace Muster.Server.Api.Identities;

/// <summary>The identities of people and what links them.</summary>
internal static class GraphEndpoint
{
    private const string ContentType = "application/json;version=2.2.1;charset=utf-8";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/data/core/identity/v2/graph", PostAsync).WithTags("Identity");

    private static async Task<IResult> PostAsync(
        HttpContext http, NamespaceService namespaces, IdentityClusterService service, JsonBody reader)
    {
        JsonObject body = await reader.ObjectAsync(http);
        RefusePredicates(body, "traverse");
        RefusePredicates(body, "filter");
        bool isGraph = (body.Text("projection_type") ?? "set") switch
        {
            "graph" => true,
            "set" => false,
            _ => throw AskedIdentity.Wrong("Graph Request Invalid - projection types available are [graph|set]."),
        };
        bool withData = body.Flag("require_edge_meta_data") ?? false;
        NamespaceBook book = await ClusterEndpoints.BookAsync(http, namespaces);
        BulkIdentities request = BulkIdentities.Read(body, book);
        IReadOnlyList<IdentityCluster> clusters = await service.ReadAsync(
            Caller.Scope(http), GraphTypeText.Read(body), [.. request.Asked.Select(a => (a.Namespace, a.Id))], isGraph, http.RequestAborted);
        JsonNode[] graphs = [.. request.Asked.Zip(
            clusters, (asked, cluster) => isGraph ? Graph(book, asked, cluster, withData) : Set(book, asked, cluster))];
        return Results.Json(new JsonObject
        {
            ["version"] = "2.0",
            ["graphs"] = new JsonArray(graphs),
            ["unprocessed_xids"] = request.WrongXids.DeepClone(),
            ["unprocessed_composite_xids"] = request.WrongParts.DeepClone(),
            ["algo_type"] = "STITCH_ALL",
        }, contentType: ContentType);
    }

    private static JsonObject Set(NamespaceBook book, AskedIdentity asked, IdentityCluster cluster)
    {
        JsonObject set = Start(book, asked);
        set["members"] = new JsonArray([.. cluster.Members.Select(m => asked.Name(book, m, "ns"))]);
        return set;
    }

    private static JsonObject Graph(NamespaceBook book, AskedIdentity asked, IdentityCluster cluster, bool withData)
    {
        JsonObject graph = Start(book, asked);
        graph["vertices"] = new JsonArray([.. cluster.Members.Select(m =>
        {
            var vertex = new JsonObject { [asked.IsByXid ? "xid" : "composite_xid"] = asked.Name(book, m, "ns") };
            if (cluster.LastSeen(m) is { } time) vertex["last_updated_ts"] = time;
            return (JsonNode)vertex;
        })]);
        graph["edges"] = new JsonArray([.. cluster.Links.Select(l => (JsonNode)Edge(book, asked, l, withData))]);
        return graph;
    }

    private static JsonObject Edge(NamespaceBook book, AskedIdentity asked, IdentityLink link, bool withData)
    {
        var edge = new JsonObject
        {
            [asked.IsByXid ? "xid_pair" : "composite_xid_pair"] =
                new JsonArray(asked.Name(book, link.First, "ns"), asked.Name(book, link.Second, "ns")),
            ["first_established_ts"] = link.FirstSeen,
            ["last_established_ts"] = link.LastSeen,
        };
        if (!withData) return edge;
        edge["dataset_ids"] = new JsonArray([.. link.Datasets.Select(d => (JsonNode)d)]);
        edge["batch_ids"] = new JsonArray([.. link.Batches.Select(b => (JsonNode)b)]);
        return edge;
    }

    private static JsonObject Start(NamespaceBook book, AskedIdentity asked) =>
        new() { [asked.IsByXid ? "xid" : "composite_xid"] = asked.Name(book, (asked.Namespace, asked.Id), "ns") };

    // An answer that left them out would look filtered.
    private static void RefusePredicates(JsonObject body, string field)
    {
        if (body[field] is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })
            throw AskedIdentity.Wrong($"Graph Request Invalid - {field} is not supported.");
    }
}
