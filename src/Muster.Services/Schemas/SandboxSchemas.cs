using Microsoft.EntityFrameworkCore;
using Muster.Pql.Types;
using Muster.Storage.ControlPlane;
using Muster.Storage.Lake;
using Muster.Storage.Schemas;

namespace Muster.Services.Schemas;

/// <summary>
/// The union schema of a sandbox: the standard fields and those of its datasets. It is open: a dataset that comes later may bring more, so
/// an unknown name is a warning. Thread-safe.
/// </summary>
public sealed class SandboxSchemas(IDbContextFactory<ControlPlaneContext> contexts)
{
    /// <summary>The schema as the datasets are now.</summary>
    public async Task<ProfileSchema> GetAsync(string sandboxId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await ReadAsync(context, sandboxId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The schema as the datasets are in a transaction.</summary>
    internal static async Task<ProfileSchema> ReadAsync(ControlPlaneContext context, string sandboxId, CancellationToken cancellationToken)
    {
        var datasets = await context.Datasets.AsNoTracking().Where(d => d.SandboxId == sandboxId && !d.IsUnion && d.SchemaText != null)
            .OrderBy(d => d.CreatedAt).ThenBy(d => d.Id).Select(d => new { d.Behavior, d.SchemaText })
                .ToListAsync(cancellationToken).ConfigureAwait(false);
        return ProfileSchemas.Union(
            datasets.Select(d => (d.Behavior == "time-series" ? DatasetBehavior.TimeSeries : DatasetBehavior.Record,
                SchemaText.Parse(d.SchemaText!))), isOpen: true);
    }
}
