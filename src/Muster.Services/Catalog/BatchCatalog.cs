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
