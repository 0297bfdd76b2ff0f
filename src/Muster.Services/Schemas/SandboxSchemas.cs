using Microsoft.EntityFrameworkCore;
using Muster.Pql.Types;
using Muster.Storage.ControlPlane;
using Muster.Storage.Lake;
using Muster.Storage.Schemas;

namespace Muster.Services.Schemas;

/// <summary>What queries in a sandbox may name: the union of the schemas of its datasets. Open, because data may bring fields that no schema names yet.</summary>
/// <param name="database">The control plane.</param>
public sealed class SandboxSchemas(IDbContextFactory<ControlPlaneContext> database)
{
    /// <summary>The schema of now; the targets of exports do not count.</summary>
    public async Task<ProfileSchema> GetAsync(string sandboxId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await database.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        var datasets = await context.Datasets.AsNoTracking()
            .Where(d => d.SandboxId == sandboxId && !d.IsUnion && d.SchemaText != null)
            .OrderBy(d => d.CreatedAt).ThenBy(d => d.Id)
            .Select(d => new { d.Behavior, d.SchemaText }).ToListAsync(cancellationToken).ConfigureAwait(false);
        return ProfileSchemas.Union(
            datasets.Select(d => (d.Behavior == "time-series" ? DatasetBehavior.TimeSeries : DatasetBehavior.Record, SchemaText.Parse(d.SchemaText!))), isOpen: true);
    }
}
