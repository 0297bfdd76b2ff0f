using Microsoft.EntityFrameworkCore;
using Muster.Services.Segmentation.Jobs;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Export;

/// <summary>
/// Evaluates an export's own segments first, when it asks for that (<c>evaluationInfo.segmentation</c>), as an ordinary segment job.
/// </summary>
public sealed class ExportSegmentation(IDbContextFactory<ControlPlaneContext> contexts, SegmentJobService jobs, SegmentJobQueue queue)
{
    /// <summary>Runs the job and waits for it.</summary>
    /// <exception cref="RequestRefusedException">The job did not succeed.</exception>
    public async Task EvaluateAsync(string sandboxId, ExportRequest request, ExportJob export, CancellationToken cancellationToken)
    {
        string[]? own = request.Segments?.Where(s => s.IsOwn).Select(s => s.SegmentId).ToArray();
        if (own is { Length: 0 }) return;
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        Sandbox sandbox = await context.Sandboxes.AsNoTracking()
            .SingleAsync(s => s.Id == sandboxId, cancellationToken).ConfigureAwait(false);
        var scope = new SandboxScope(sandbox.OrganizationId, sandbox.Id, sandbox.Name, sandbox.Type, sandbox.IsDefault);
        SegmentJob job = await jobs.CreateAsync(scope, new NewSegmentJob(own, "api", export.RequestId, export.ProfileInstanceId, null),
            cancellationToken).ConfigureAwait(false);
        await queue.WhenEndedAsync(sandboxId, job.Id).WaitAsync(cancellationToken).ConfigureAwait(false);
        SegmentJob ended = await jobs.GetAsync(scope, job.Id, cancellationToken).ConfigureAwait(false);
        if (ended.Status != JobStatus.Succeeded)
            throw new RequestRefusedException(400, "0100000003",
                $"The segmentation within the export ended as {ended.Status}: see segment job '{job.Id}'.");
    }
}
