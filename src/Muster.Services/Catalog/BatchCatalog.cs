using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Catalog;

/// <summary>The batches of a sandbox as the catalog lists them.</summary>
/// <param name="database">The control plane.</param>
public sealed class BatchCatalog(IDbContextFactory<ControlPlaneContext> database)
{
    /// <summary>The page that the query asks for, keyed by id.</summary>
    /// <param name="scope">The sandbox.</param>
    /// <param name="dataset">Only batches of this dataset; null for all.</param>
    /// <param name="batchId">Only this batch; null for all.</param>
    /// <param name="query">The other filters, the order and the page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<JsonObject> ListAsync(
        SandboxScope scope, string? dataset, string? batchId, CatalogQuery query, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        List<Batch> all = await context.Batches.AsNoTracking()
            .Where(b => b.SandboxId == scope.SandboxId && (dataset == null || b.DatasetId == dataset) && (batchId == null || b.Id == batchId))
            .Where(b => (query.CreatedAfter == null || b.CreatedAt > query.CreatedAfter) && (query.CreatedBefore == null || b.CreatedAt < query.CreatedBefore))
            .ToListAsync(cancellationToken);
        return query.Run(all.Select(b => KeyValuePair.Create(b.Id, BatchDocument.For(scope, b))));
    }

    /// <summary>The last batch of each dataset that ended, and the last good and bad one, keyed by the dataset's id.</summary>
    /// <param name="scope">The sandbox.</param>
    /// <param name="datasets">Only these; empty for all.</param>
    /// <param name="query">Filters, order and page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<JsonObject> LastAsync(
        SandboxScope scope, IReadOnlyList<string> datasets, CatalogQuery query, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        List<Batch> ended = await context.Batches.AsNoTracking()
            .Where(b => b.SandboxId == scope.SandboxId && b.CompletedAt != null && (datasets.Count == 0 || datasets.Contains(b.DatasetId)))
            .OrderBy(b => b.CompletedAt).ThenBy(b => b.Id).ToListAsync(cancellationToken);
        return query.Run(ended.GroupBy(b => b.DatasetId).Select(g => KeyValuePair.Create(g.Key, Last(scope, [.. g]))));
    }

    private static JsonObject Last(SandboxScope scope, IReadOnlyList<Batch> ended)
    {
        Batch last = ended[^1];
        var document = new JsonObject
        {
            ["lastBatchId"] = last.Id,
            ["lastBatchStatus"] = last.Status,
            ["imsOrg"] = scope.OrganizationId,
            ["sandboxId"] = scope.SandboxId,
            ["created"] = last.CreatedAt,
            ["updated"] = last.UpdatedAt,
        };
        if (ended.LastOrDefault(b => b.Status == BatchStatus.Success) is { } good) document["lastSuccessfulBatchId"] = good.Id;
        if (ended.LastOrDefault(b => b.Status == BatchStatus.Failed) is { } bad) document["lastFailedBatchId"] = bad.Id;
        return document;
    }

    /// <summary>Those of the batches that exist, keyed by id.</summary>
    /// <exception cref="RequestRefusedException">None exists.</exception>
    public async Task<JsonObject> GetAsync(SandboxScope scope, IReadOnlyList<string> ids, CatalogQuery query, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        Dictionary<string, Batch> found = await context.Batches.AsNoTracking()
            .Where(b => b.SandboxId == scope.SandboxId && ids.Contains(b.Id)).ToDictionaryAsync(b => b.Id, cancellationToken);
        if (found.Count == 0) throw new RequestRefusedException(404, "batch.unknown", $"There is no batch '{string.Join(",", ids)}' in this sandbox.");
        var result = new JsonObject();
        foreach (string id in ids.Distinct())
            if (found.TryGetValue(id, out Batch? batch)) result[id] = query.Project(BatchDocument.For(scope, batch));
        return result;
    }
}
