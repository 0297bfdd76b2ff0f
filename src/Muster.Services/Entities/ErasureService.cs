using Microsoft.EntityFrameworkCore;
using Muster.Services.Ingestion;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Entities;

/// <summary>Accepts requests to forget people. Thread-safe.</summary>
public sealed class ErasureService(
    IDbContextFactory<ControlPlaneContext> contexts, EntityPolicies policies, BatchQueue batches, ErasureQueue queue, TimeProvider time)
{
    /// <summary>
    /// Notes that a person is to be forgotten, with all identities, once the batches that are closed by now are in. Returns when that is
    /// certain to
    /// happen. Whether the person is known is not told: a batch that waits may bring them.
    /// </summary>
    /// <returns>The id of the request.</returns>
    /// <exception cref="RequestRefusedException">400: not an XID, or an unknown merge policy; 429: too much waits.</exception>
    public async Task<string> RequestAsync(SandboxScope scope, EntityKey key, string? mergePolicyId, CancellationToken cancellationToken)
    {
        EntityQuestion question = EntityQuestion.Of(key);
        if (question.Refusal is { } refusal) throw refusal;
        await policies.FindAsync(scope, mergePolicyId, cancellationToken).ConfigureAwait(false);
        if (batches.IsFull(scope.SandboxId))
            throw new RequestRefusedException(429, "entity.queue", "Too many batches and deletions wait in this sandbox. Try again later.");
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var request = new ErasureRequest
        {
            Id = Guid.NewGuid().ToString(),
            SandboxId = scope.SandboxId,
            Namespace = question.Namespace,
            Identity = question.Id,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await using (ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false))
        {
            context.ErasureRequests.Add(request);
            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        }
        queue.Add(scope.SandboxId, request.Id);
        return request.Id;
    }
}
