using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services.Identities;
using Muster.Services.Tenancy;
using Muster.Storage.Profiles;

namespace Muster.Server.Api.Identities;

/// <summary>XIDs, and the deprecated calls for the identities of a person.</summary>
internal static class ClusterEndpoints
{
    /// <summary>The version of their answers.</summary>
    public const string Version = "1.1.0";

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/data/core/identity").WithTags("Identity");
        group.MapGet("/identity", async (HttpContext http, NamespaceService namespaces) => Results.Json(new JsonObject
        {
            ["xid"] = AskedIdentity.Read(http.Request.Query, await BookAsync(http, namespaces)).Xid,
        }));
        foreach (string cluster in (string[])["cluster", "clusters"])
        {
            group.MapGet($"/{cluster}/members", (HttpContext http, NamespaceService namespaces, IdentityClusterService service) =>
                GetAsync(http, namespaces, service, "clusters", Members));
            group.MapPost($"/{cluster}/members", (HttpContext http, NamespaceService namespaces, IdentityClusterService service, JsonBody body) =>
                PostAsync(http, namespaces, service, body, "clusters", Members));
            group.MapGet($"/{cluster}/history", (HttpContext http, NamespaceService namespaces, IdentityClusterService service) =>
                GetAsync(http, namespaces, service, "xidsClusterHistory", History));
            group.MapPost($"/{cluster}/history", (HttpContext http, NamespaceService namespaces, IdentityClusterService service, JsonBody body) =>
                PostAsync(http, namespaces, service, body, "xidsClusterHistory", History));
        }
    }

    /// <summary>The namespaces of the caller's organisation.</summary>
    public static Task<NamespaceBook> BookAsync(HttpContext http, NamespaceService namespaces) =>
        namespaces.LoadAsync(Caller.Of(http).OrganizationId, http.RequestAborted);

    /// <summary>An entry of an answer: the identity that was asked for.</summary>
    public static JsonObject Entry(NamespaceBook book, AskedIdentity asked) => new()
    {
        ["xid"] = asked.Xid,
        ["compositeXid"] = AskedIdentity.Composite(book, (asked.Namespace, asked.Id), "namespace"),
    };

    /// <summary>An answer to a bulk request.</summary>
    public static JsonObject Bulk(string field, JsonArray entries, BulkIdentities request) => new()
    {
        ["version"] = Version,
        [field] = entries,
        ["unprocessedXids"] = request.WrongXids.DeepClone(),
        ["unprocessedNids"] = request.WrongParts.DeepClone(),
        ["unprocessedRecords"] = new JsonArray([.. request.WrongXids.Concat(request.WrongParts).Select(r => r?.DeepClone())]),
    };

    private static async Task<IResult> GetAsync(
        HttpContext http, NamespaceService namespaces, IdentityClusterService service, string field,
        Func<HttpContext, NamespaceBook, GraphType, AskedIdentity, IdentityCluster, JsonObject> entry)
    {
        NamespaceBook book = await BookAsync(http, namespaces);
        var request = new BulkIdentities([AskedIdentity.Read(http.Request.Query, book)], [], []);
        return await AnswerAsync(http, book, service, request, GraphTypeText.Read(http.Request.Query), field, entry);
    }

    private static async Task<IResult> PostAsync(
        HttpContext http, NamespaceService namespaces, IdentityClusterService service, JsonBody reader, string field,
        Func<HttpContext, NamespaceBook, GraphType, AskedIdentity, IdentityCluster, JsonObject> entry)
    {
        JsonNode? body = await reader.ReadAsync(http);
        NamespaceBook book = await BookAsync(http, namespaces);
        return await AnswerAsync(http, book, service, BulkIdentities.Read(body, book), GraphTypeText.Read(body), field, entry);
    }

    private static async Task<IResult> AnswerAsync(
        HttpContext http, NamespaceBook book, IdentityClusterService service, BulkIdentities request, GraphType graph, string field,
        Func<HttpContext, NamespaceBook, GraphType, AskedIdentity, IdentityCluster, JsonObject> entry)
    {
        IReadOnlyList<IdentityCluster> clusters = await service.ReadAsync(
            Caller.Scope(http), graph, [.. request.Asked.Select(a => (a.Namespace, a.Id))], withLinks: false, http.RequestAborted);
        JsonNode[] entries = [.. request.Asked.Zip(clusters, (asked, cluster) => entry(http, book, graph, asked, cluster))];
        return Results.Json(Bulk(field, new JsonArray(entries), request));
    }

    private static JsonObject Members(HttpContext http, NamespaceBook book, GraphType graph, AskedIdentity asked, IdentityCluster cluster)
    {
        JsonObject entry = Entry(book, asked);
        entry["members"] = new JsonArray([.. cluster.Members.Select(m => asked.Name(book, m, "namespace"))]);
        return entry;
    }

    // What was before is not kept: the history begins and ends now.
    private static JsonObject History(HttpContext http, NamespaceBook book, GraphType graph, AskedIdentity asked, IdentityCluster cluster)
    {
        JsonObject entry = Entry(book, asked);
        DateTimeOffset now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        entry["clusterHistory"] = cluster.Ordinal is not { } ordinal ? [] : new JsonArray(new JsonObject
        {
            ["clusterId"] = ClusterId(Caller.Scope(http), graph, ordinal),
            ["cRecordedTS"] = now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        });
        return entry;
    }

    private static string ClusterId(SandboxScope scope, GraphType graph, long ordinal)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{scope.SandboxId}/{graph}/{ordinal}")));
        return new Guid(hash.AsSpan(0, 16), bigEndian: true).ToString();
    }
}
