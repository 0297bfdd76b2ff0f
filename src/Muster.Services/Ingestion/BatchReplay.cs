using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Ingestion;

/// <summary>The earlier batches that a batch replaces: when it lands they become inactive in the same commit.</summary>
/// <param name="Predecessors">Ids; a leading <c>$</c>, which some clients send literally, does not count.</param>
/// <param name="PredecessorsByExternalId">Ids that callers gave: all batches of the dataset that have one.</param>
/// <param name="Reason">Served back; <c>replace</c> in AEP's documents.</param>
public sealed record BatchReplay(
    IReadOnlyList<string> Predecessors, IReadOnlyList<string> PredecessorsByExternalId, string? Reason)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    public static BatchReplay? Parse(string? json) => json is null ? null : JsonSerializer.Deserialize<BatchReplay>(json, _json);

    /// <summary>As the control plane keeps it and the catalog shows it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, _json);

    /// <summary>The same without the <c>$</c> of ids.</summary>
    public BatchReplay Cleaned() => this with
    {
        Predecessors = [.. Predecessors.Select(id => id.TrimStart('$')).Distinct()],
        PredecessorsByExternalId = [.. PredecessorsByExternalId.Select(id => id.TrimStart('$')).Distinct()],
    };

    /// <summary>The batches that are meant.</summary>
    internal Task<List<Batch>> FindAsync(ControlPlaneContext context, Batch successor, CancellationToken cancellationToken) =>
        context.Batches.Where(b => b.SandboxId == successor.SandboxId && b.DatasetId == successor.DatasetId && b.Id != successor.Id
            && (Predecessors.Contains(b.Id) || (b.ExternalId != null && PredecessorsByExternalId.Contains(b.ExternalId))))
            .ToListAsync(cancellationToken);

    /// <summary>Refuses predecessors that are unknown or may still land: the order of the two would be open.</summary>
    /// <exception cref="RequestRefusedException">400.</exception>
    internal async Task CheckAsync(ControlPlaneContext context, Batch successor, CancellationToken cancellationToken)
    {
        List<Batch> found = await FindAsync(context, successor, cancellationToken).ConfigureAwait(false);
        string? unknown = Predecessors.FirstOrDefault(id => !found.Exists(b => b.Id == id))
            ?? PredecessorsByExternalId.FirstOrDefault(id => !found.Exists(b => b.ExternalId == id));
        if (unknown is not null)
            throw new RequestRefusedException(400, "batch.predecessor",
                $"The dataset '{successor.DatasetId}' has no batch '{unknown}' that could be replaced.");
        if (found.Find(b => b.Status is BatchStatus.Loading or BatchStatus.Loaded or BatchStatus.Staging) is { } unfinished)
            throw new RequestRefusedException(400, "batch.predecessor",
                $"Batch '{unfinished.Id}' is {unfinished.Status}: only a finished batch can be replaced. Wait for it or abort it first.");
    }
}
