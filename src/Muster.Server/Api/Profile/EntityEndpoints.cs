using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Muster.Server.Authentication;
using Muster.Services;
using Muster.Services.Entities;
using Muster.Services.Tenancy;

namespace Muster.Server.Api.Profile;

/// <summary>Profile access: profiles and their events by identity.</summary>
internal static class EntityEndpoints
{
    // Bulk answers go out in parts of about this size, so that only one part is in memory.
    private const int PartBytes = 64 * 1024;

    private static readonly JsonWriterOptions _writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/data/core/ups/access/entities").WithTags("Profile");
        group.MapGet("/", GetAsync);
        group.MapPost("/", GetManyAsync);
        group.MapDelete("/", DeleteAsync);
    }

    private static async Task GetAsync(HttpContext http, EntityService service)
    {
        IQueryCollection query = http.Request.Query;
        SandboxScope scope = Caller.Scope(http);
        // There are no computed attributes in the store: with or without them the answer is the same.
        _ = query.Flag("withCA");
        var buffer = new ArrayBufferWriter<byte>(4096);
        var writer = new Utf8JsonWriter(buffer, _writing);
        if (EntityQuery.IsEvents(query.Text("schema.name"), query.Text("relatedSchema.name")))
        {
            await WriteEventsAsync(writer, query, scope, service, http.RequestAborted);
        }
        else
        {
            var key = new EntityKey(query.Text("entityId") ?? throw EntityQuery.Missing("entityId"), query.Text("entityIdNS"));
            EntityDocument found = await service.GetProfileAsync(
                scope, key, EntityQuery.Paths(query.Text("fields")), query.Text("mergePolicyId"), http.RequestAborted) ?? throw Unknown();
            writer.WriteStartObject();
            writer.WritePropertyName(found.EntityId);
            EntityJson.WriteProfile(writer, found);
            writer.WriteEndObject();
        }
        writer.Flush();
        Begin(http.Response, 200);
        http.Response.ContentLength = buffer.WrittenCount;
        await http.Response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
    }

    private static async Task WriteEventsAsync(
        Utf8JsonWriter writer, IQueryCollection query, SandboxScope scope, EntityService service, CancellationToken cancellationToken)
    {
        // The person is the related entity, the entity itself is the event; with a namespace and alone the entity is the person.
        string? related = query.Text("relatedEntityId"), entity = query.Text("entityId");
        bool isPerson = related is null && query.Text("entityIdNS") is not null;
        if (related is null && entity is null) throw EntityQuery.Missing("relatedEntityId");
        var wanted = new EntityEventQuery(
            EntityQuery.Paths(query.Text("fields")), EntityQuery.Time(query, "startTime"), EntityQuery.Time(query, "endTime"),
            EntityQuery.IsDescending(query["orderby"].FirstOrDefault()),
            query.Number("limit", EntityLimits.MaxPage, 1, EntityLimits.MaxPage), query.Text("start") ?? query.Text("offsets"))
        {
            EventId = isPerson ? null : entity,
            Conditions = EntityQuery.Conditions(query.Texts("property")),
        };
        string? policy = query.Text("mergePolicyId");
        string prefix = isPerson ? "entityId" : "relatedEntityId";
        EntityEvents page = (related is null && !isPerson
            ? await service.FindEventsAsync(scope, wanted, policy, cancellationToken)
            : await service.GetEventsAsync(scope, new EntityKey(query.Text(prefix)!, query.Text(prefix + "NS")), wanted, policy, cancellationToken)) ?? throw Unknown();
        if (wanted is { EventId: not null, Cursor: null } && page.Events.Count == 0) throw Unknown();
        EntityJson.WriteEvents(writer, page, wanted.Descending, page.Next is null ? "" : EntityJson.NextHref(query, page.Next));
    }

    private static async Task GetManyAsync(HttpContext http, EntityService service, JsonBody body)
    {
        BulkEntityRequest request = BulkEntityRequest.Read(await body.ObjectAsync(http, ignoreCase: true));
        EntityKey[] keys = [.. request.Identities.Select(i => i.Key)];
        await service.AskAsync(Caller.Scope(http), keys, request.MergePolicyId, view => AnswerAsync(http, view, request), http.RequestAborted);
    }

    /// <summary>Answers a bulk request; again after a failure, as long as nothing went out.</summary>
    private static async Task<bool> AnswerAsync(HttpContext http, EntityView view, BulkEntityRequest request)
    {
        if (http.Response.HasStarted) throw new IOException("The answer broke off and cannot be begun again.");
        // What can fail is known before the first byte goes out: it decides the shape of the answer.
        bool isPartial = Enumerable.Range(0, request.Identities.Count).Any(i => view.RefusalOf(i) is not null);
        Begin(http.Response, isPartial ? 207 : 200);
        await using var writer = new Utf8JsonWriter(http.Response.Body, _writing);
        try
        {
            if (isPartial) await WritePartlyAsync(writer, view, request, http.RequestAborted);
            else await WriteAllAsync(writer, view, request, http.RequestAborted);
            return isPartial;
        }
        catch
        {
            // Half an answer must not go out when the writer is disposed.
            writer.Reset();
            throw;
        }
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, ErasureService service)
    {
        IQueryCollection query = http.Request.Query;
        if (EntityQuery.IsEvents(query.Text("schema.name"), query.Text("relatedSchema.name")))
            throw new RequestRefusedException(400, "entity.schema", "Only profiles can be deleted: use the schema '_xdm.context.profile'.");
        var key = new EntityKey(query.Text("entityId") ?? throw EntityQuery.Missing("entityId"), query.Text("entityIdNS"));
        await service.RequestAsync(Caller.Scope(http), key, query.Text("mergePolicyId"), http.RequestAborted);
        return Results.StatusCode(202);
    }

    private static async Task WriteAllAsync(
        Utf8JsonWriter writer, EntityView view, BulkEntityRequest request, CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        writer.WriteStartObject();
        for (int i = 0; i < request.Identities.Count; i++)
        {
            string xid = request.Identities[i].Xid;
            if (!seen.Add(xid)) continue;
            writer.WritePropertyName(xid);
            await WriteEntityAsync(writer, view, request, i, cancellationToken);
        }
        writer.WriteEndObject();
    }

    private static async Task WritePartlyAsync(
        Utf8JsonWriter writer, EntityView view, BulkEntityRequest request, CancellationToken cancellationToken)
    {
        writer.WriteStartArray();
        for (int i = 0; i < request.Identities.Count; i++)
        {
            if (view.RefusalOf(i) is { } refusal)
            {
                EntityJson.WriteRefusal(writer, request.Identities[i].Xid, refusal);
                continue;
            }
            writer.WriteStartObject();
            writer.WriteString("xid"u8, request.Identities[i].Xid);
            writer.WritePropertyName("entity"u8);
            await WriteEntityAsync(writer, view, request, i, cancellationToken);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static async Task WriteEntityAsync(
        Utf8JsonWriter writer, EntityView view, BulkEntityRequest request, int number, CancellationToken cancellationToken)
    {
        BulkIdentity identity = request.Identities[number];
        if (identity.Events is { } wanted)
        {
            EntityEvents page = await view.ReadEventsAsync(number, wanted) ?? new EntityEvents(identity.Xid, [], null);
            if (page.Next is { } cursor)
                EntityJson.WriteEvents(writer, page, wanted.Descending, "/entities", request.Next(identity, cursor));
            else
                EntityJson.WriteEvents(writer, page, wanted.Descending, "");
        }
        else if (await view.ReadProfileAsync(number, request.Fields) is { } found)
        {
            EntityJson.WriteProfile(writer, found);
        }
        else
        {
            EntityJson.WriteNothing(writer, identity.Xid);
        }
        cancellationToken.ThrowIfCancellationRequested();
        if (writer.BytesPending > PartBytes) await writer.FlushAsync(cancellationToken);
    }

    private static void Begin(HttpResponse response, int status)
    {
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
    }

    private static RequestRefusedException Unknown() => new(404, "entity.unknown", "Nothing is known of this identity.");
}
