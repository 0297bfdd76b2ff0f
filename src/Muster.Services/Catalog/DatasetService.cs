using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Muster.Services.Ingestion;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;
using Muster.Storage.Journal;

namespace Muster.Services.Catalog;

/// <summary>The datasets of a sandbox.</summary>
/// <param name="database">The control plane.</param>
/// <param name="journal">Takes changes of declared schemas.</param>
/// <param name="queue">Where deletions wait for their turn.</param>
/// <param name="time">Stamps changes.</param>
public sealed class DatasetService(
    IDbContextFactory<ControlPlaneContext> database, SandboxJournal journal, BatchQueue queue, TimeProvider time)
{
    /// <summary>Makes a dataset and returns its id.</summary>
    public async Task<string> CreateAsync(SandboxScope scope, string client, JsonObject body, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        var dataset = new Dataset
        {
            Id = CatalogIds.New(now),
            SandboxId = scope.SandboxId,
            CreatedAt = now.ToUnixTimeMilliseconds(),
            UpdatedAt = now.ToUnixTimeMilliseconds(),
        };
        DatasetBody.Write(dataset, body, holdsData: false);
        Sign(dataset, client, client);
        await CommitAsync(scope, dataset.SchemaText is not null, context =>
        {
            context.Datasets.Add(dataset);
            return Task.FromResult(dataset);
        }, cancellationToken);
        return dataset.Id;
    }

    /// <summary>The page that the query asks for, keyed by id.</summary>
    public async Task<JsonObject> ListAsync(SandboxScope scope, CatalogQuery query, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        List<Dataset> all = await context.Datasets.AsNoTracking().Where(d => d.SandboxId == scope.SandboxId).ToListAsync(cancellationToken);
        return query.Run(all.Select(d => KeyValuePair.Create(d.Id, DatasetDocument.For(scope, d))));
    }

    /// <summary>Those of the datasets that exist, keyed by id, and the version of the first.</summary>
    /// <exception cref="RequestRefusedException">None exists.</exception>
    public async Task<(JsonObject Found, string Version)> GetAsync(
        SandboxScope scope, IReadOnlyList<string> ids, CatalogQuery query, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        Dictionary<string, Dataset> found = await context.Datasets.AsNoTracking()
            .Where(d => d.SandboxId == scope.SandboxId && ids.Contains(d.Id)).ToDictionaryAsync(d => d.Id, cancellationToken);
        if (found.Count == 0) throw Unknown(string.Join(",", ids));
        var result = new JsonObject();
        foreach (string id in ids.Distinct())
            if (found.TryGetValue(id, out Dataset? dataset)) result[id] = query.Project(DatasetDocument.For(scope, dataset));
        return (result, DatasetDocument.Version(found[ids.First(found.ContainsKey)]));
    }

    /// <summary>Replaces what the client wrote before.</summary>
    /// <returns>The new version.</returns>
    public Task<string> ReplaceAsync(SandboxScope scope, string client, string id, JsonObject body, string? ifMatch, CancellationToken cancellationToken) =>
        ChangeAsync(scope, client, id, ifMatch, _ => body, cancellationToken);

    /// <summary>Changes a dataset: an object replaces the top-level fields that it names (null removes one), an array is a JSON Patch.</summary>
    /// <returns>The new version.</returns>
    public Task<string> PatchAsync(SandboxScope scope, string client, string id, JsonNode? patch, string? ifMatch, CancellationToken cancellationToken) =>
        ChangeAsync(scope, client, id, ifMatch, current => Patched(current, patch), cancellationToken);

    /// <summary>
    /// Deletes a dataset with its batches: what they brought is no part of people any more. Returns when that is so; batches that are being
    /// loaded come first.
    /// </summary>
    /// <exception cref="RequestRefusedException">404; 412: it is at another version.</exception>
    public async Task DeleteAsync(SandboxScope scope, string id, string? ifMatch, CancellationToken cancellationToken)
    {
        await using (ControlPlaneContext context = database.CreateDbContext())
            RequireMatch(await FindAsync(context, scope, id, cancellationToken), ifMatch);
        await queue.DeleteDatasetAsync(scope.SandboxId, id, dataset => RequireMatch(dataset, ifMatch), cancellationToken);
    }

    private async Task<string> ChangeAsync(
        SandboxScope scope, string client, string id, string? ifMatch, Func<JsonObject, JsonObject> change, CancellationToken cancellationToken)
    {
        bool changesSchema;
        await using (ControlPlaneContext look = database.CreateDbContext())
        {
            Dataset before = await FindAsync(look, scope, id, cancellationToken);
            RequireMatch(before, ifMatch);
            string? schema = before.SchemaText;
            DatasetBody.Write(before, change(DatasetBody.Read(before)), await DatasetBody.HoldsDataAsync(look, id, cancellationToken));
            changesSchema = before.SchemaText != schema;
        }

        Dataset changed = await CommitAsync(scope, changesSchema, async context =>
        {
            Dataset dataset = await FindAsync(context, scope, id, cancellationToken);
            RequireMatch(dataset, ifMatch);
            string creator = (string?)JsonNode.Parse(dataset.Body)!["createdClient"] ?? client;
            DatasetBody.Write(dataset, change(DatasetBody.Read(dataset)), await DatasetBody.HoldsDataAsync(context, id, cancellationToken));
            Sign(dataset, creator, client);
            dataset.Version++;
            dataset.UpdatedAt = time.GetUtcNow().ToUnixTimeMilliseconds();
            return dataset;
        }, cancellationToken);
        return DatasetDocument.Version(changed);
    }

    /// <summary>One transaction; a change of the declared schema is an entry of the journal as well.</summary>
    private async Task<Dataset> CommitAsync(
        SandboxScope scope, bool changesSchema, Func<ControlPlaneContext, Task<Dataset>> change, CancellationToken cancellationToken)
    {
        if (changesSchema)
        {
            var entry = new SchemaEntry();
            Dataset? changed = null;
            await journal.CommitAsync(scope.SandboxId, JournalKinds.SchemaChanged, entry, null, async (context, _) =>
            {
                changed = await change(context);
                (entry.DatasetId, entry.Schema) = (changed.Id, changed.SchemaText);
                return true;
            }, cancellationToken);
            return changed!;
        }

        await using ControlPlaneContext context = database.CreateDbContext();
        // Opened before the read: it holds the write lock, so that two changes of one version cannot both pass If-Match.
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        Dataset dataset = await change(context);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return dataset;
    }

    private static JsonObject Patched(JsonObject current, JsonNode? patch)
    {
        switch (patch)
        {
            case JsonArray operations:
                return JsonPatch.Apply(current, operations);
            case JsonObject fields:
                foreach ((string name, JsonNode? value) in fields) current[name] = value?.DeepClone();
                return current;
            default:
                throw new RequestRefusedException(400, "request.body", "The body must be a JSON object of fields or a JSON Patch array.");
        }
    }

    private static void Sign(Dataset dataset, string creator, string client)
    {
        JsonObject body = JsonNode.Parse(dataset.Body)!.AsObject();
        body["createdClient"] = creator;
        body["createdUser"] = creator;
        body["updatedUser"] = client;
        dataset.Body = body.ToJsonString();
    }

    private static void RequireMatch(Dataset dataset, string? ifMatch)
    {
        if (ifMatch is null) return;
        bool matches = ifMatch.Split(',').Select(tag => tag.Trim()).Any(tag =>
            tag == "*" || (tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag).Trim('"') == DatasetDocument.Version(dataset));
        if (!matches)
        {
            throw new RequestRefusedException(
                412, "catalog.versionMismatch", $"The dataset is at version {DatasetDocument.Version(dataset)}, not at the one that If-Match names.");
        }
    }

    private static async Task<Dataset> FindAsync(ControlPlaneContext context, SandboxScope scope, string id, CancellationToken cancellationToken) =>
        await context.Datasets.SingleOrDefaultAsync(d => d.Id == id && d.SandboxId == scope.SandboxId, cancellationToken) ?? throw Unknown(id);

    private static RequestRefusedException Unknown(string id) => new(404, "dataset.unknown", $"There is no dataset '{id}' in this sandbox.");

    /// <summary>What the journal keeps; filled in by the change, which knows.</summary>
    private sealed class SchemaEntry
    {
        public string DatasetId { get; set; } = "";

        public string? Schema { get; set; }
    }
}
