using Microsoft.EntityFrameworkCore;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Ingestion;

/// <summary>Finds batches for what clients do to them.</summary>
internal static class OpenBatches
{
    /// <summary>A batch of the sandbox.</summary>
    /// <exception cref="RequestRefusedException">404.</exception>
    public static async Task<Batch> FindAsync(
        ControlPlaneContext context, SandboxScope scope, string batchId, CancellationToken cancellationToken) =>
        await context.Batches.SingleOrDefaultAsync(b => b.Id == batchId && b.SandboxId == scope.SandboxId, cancellationToken)
            .ConfigureAwait(false)
        ?? throw new RequestRefusedException(404, "batch.unknown", $"There is no batch '{batchId}' in this sandbox.");

    /// <summary>A batch that takes files for a dataset.</summary>
    /// <exception cref="RequestRefusedException">404: unknown, or of another dataset; 409: not open any more.</exception>
    public static async Task<Batch> RequireAsync(
        ControlPlaneContext context, SandboxScope scope, string batchId, string datasetId, CancellationToken cancellationToken)
    {
        Batch batch = await FindAsync(context, scope, batchId, cancellationToken).ConfigureAwait(false);
        RequireDataset(batch, datasetId);
        Require(batch);
        return batch;
    }

    /// <summary>Refuses a dataset that is not the batch's.</summary>
    public static void RequireDataset(Batch batch, string datasetId)
    {
        if (batch.DatasetId != datasetId)
            throw new RequestRefusedException(404, "batch.dataset", $"Batch '{batch.Id}' does not belong to dataset '{datasetId}'.");
    }

    /// <summary>Refuses a batch that is not open.</summary>
    public static void Require(Batch batch)
    {
        if (batch.Status != BatchStatus.Loading)
            throw new RequestRefusedException(409, "batch.closed",
                $"Batch '{batch.Id}' is {batch.Status}: it takes no files and no such action any more. Open another batch.");
    }
}
