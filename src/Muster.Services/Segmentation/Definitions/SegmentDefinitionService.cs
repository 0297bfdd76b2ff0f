using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Segmentation.Definitions;

/// <summary>The segment definitions of a sandbox.</summary>
/// <param name="database">The control plane.</param>
/// <param name="compiler">Checks queries.</param>
/// <param name="time">Stamps changes.</param>
public sealed class SegmentDefinitionService(IDbContextFactory<ControlPlaneContext> database, DefinitionCompiler compiler, TimeProvider time)
{
    /// <summary>The most ids of one bulk request.</summary>
    public const int MaxBulk = 100;

    /// <summary>Makes a definition.</summary>
    public async Task<SegmentDefinition> CreateAsync(SandboxScope scope, JsonObject body, CancellationToken cancellationToken)
    {
        DefinitionBody read = DefinitionBody.Read(body);
        await using ControlPlaneContext context = database.CreateDbContext();
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var definition = new SegmentDefinition
        {
            Id = Guid.NewGuid().ToString(),
            SandboxId = scope.SandboxId,
            Name = read.Name,
            ExpressionFormat = read.Format,
            ExpressionValue = read.Value,
            Schema = read.Schema,
            MergePolicyId = "",
            CreatedAt = now,
        };
        await WriteAsync(context, scope, definition, read, cancellationToken);
        context.SegmentDefinitions.Add(definition);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return definition;
    }

    /// <summary>Changes the fields that the body names; null removes one.</summary>
    public async Task<SegmentDefinition> PatchAsync(SandboxScope scope, string id, JsonObject body, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        SegmentDefinition definition = await FindAsync(context, scope, id, cancellationToken);
        JsonObject merged = DefinitionBody.Of(definition);
        foreach ((string name, JsonNode? value) in body)
        {
            if (name == "expression" && value is JsonObject change && merged["expression"] is JsonObject expression)
                foreach ((string part, JsonNode? item) in change) expression[part] = item?.DeepClone();
            else
                merged[name] = value?.DeepClone();
        }

        await WriteAsync(context, scope, definition, DefinitionBody.Read(merged), cancellationToken);
        definition.Version++;
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return definition;
    }

    /// <summary>Deletes a definition that no other one refers to.</summary>
    public async Task DeleteAsync(SandboxScope scope, string id, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        SegmentDefinition definition = await FindAsync(context, scope, id, cancellationToken);
        IReadOnlyList<string> dependents = await compiler.DependentsAsync(context, scope, id, cancellationToken);
        if (dependents.Count > 0)
        {
            throw new RequestRefusedException(
                400, "segment.hasDependents", $"The segment cannot be deleted: other segments refer to it: {string.Join(", ", dependents)}.");
        }

        context.SegmentDefinitions.Remove(definition);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>One definition.</summary>
    public async Task<SegmentDefinition> GetAsync(SandboxScope scope, string id, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        return await FindAsync(context, scope, id, cancellationToken);
    }

    /// <summary>Those of the definitions that exist.</summary>
    public async Task<IReadOnlyList<SegmentDefinition>> GetManyAsync(SandboxScope scope, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        if (ids.Count is 0 or > MaxBulk)
            throw new RequestRefusedException(400, "UPAPI-113015-400", $"The number of requested IDs is invalid. Cannot be 0 or exceed {MaxBulk}.");
        await using ControlPlaneContext context = database.CreateDbContext();
        List<SegmentDefinition> found = await context.SegmentDefinitions.AsNoTracking()
            .Where(d => d.SandboxId == scope.SandboxId && ids.Contains(d.Id)).ToListAsync(cancellationToken);
        return found.Count > 0 ? found : throw new RequestRefusedException(404, "UPAPI-113000-404", $"The entity {string.Join(",", ids)} is not found.");
    }

    /// <summary>A page of the definitions, and how many fulfil the filter.</summary>
    public async Task<(IReadOnlyList<SegmentDefinition> Page, int Total)> ListAsync(
        SandboxScope scope, DefinitionListing listing, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        IQueryable<SegmentDefinition> found = context.SegmentDefinitions.AsNoTracking().Where(d => d.SandboxId == scope.SandboxId);
        foreach ((string kind, bool wanted) in listing.Evaluation) found = found.Where(d => (d.Evaluation == kind) == wanted);
        int total = await found.CountAsync(cancellationToken);
        IOrderedQueryable<SegmentDefinition> sorted = (listing.SortField, listing.Descending) switch
        {
            ("name", false) => found.OrderBy(d => d.Name),
            ("name", true) => found.OrderByDescending(d => d.Name),
            ("updateTime", false) => found.OrderBy(d => d.UpdatedAt),
            ("updateTime", true) => found.OrderByDescending(d => d.UpdatedAt),
            (_, false) => found.OrderBy(d => d.CreatedAt),
            _ => found.OrderByDescending(d => d.CreatedAt),
        };
        return (await sorted.ThenBy(d => d.Id).Skip(listing.Skip).Take(listing.Limit).ToListAsync(cancellationToken), total);
    }

    private async Task WriteAsync(
        ControlPlaneContext context, SandboxScope scope, SegmentDefinition definition, DefinitionBody read, CancellationToken cancellationToken)
    {
        bool taken = await context.SegmentDefinitions
            .AnyAsync(d => d.SandboxId == scope.SandboxId && d.Name == read.Name && d.Id != definition.Id, cancellationToken);
        if (taken) throw new RequestRefusedException(422, "segment.nameTaken", $"A segment definition named '{read.Name}' already exists. Use PATCH to change it.");
        definition.MergePolicyId = await MergePolicyAsync(context, scope, read.MergePolicyId, cancellationToken);
        await compiler.CheckAsync(context, scope, definition.Id, read.Format, read.Value, cancellationToken);
        definition.Name = read.Name;
        definition.Description = read.Description;
        definition.ExpressionFormat = read.Format;
        definition.ExpressionValue = read.Value;
        definition.Schema = read.Schema;
        definition.Evaluation = read.Evaluation;
        definition.Extra = read.Extra;
        definition.UpdatedAt = time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    private static async Task<string> MergePolicyAsync(ControlPlaneContext context, SandboxScope scope, string? id, CancellationToken cancellationToken)
    {
        MergePolicy? policy = await context.MergePolicies.AsNoTracking()
            .SingleOrDefaultAsync(p => p.SandboxId == scope.SandboxId && (id == null ? p.IsDefault : p.Id == id), cancellationToken);
        return policy?.Id ?? throw new RequestRefusedException(400, "mergePolicy.unknown", $"There is no merge policy '{id ?? "default"}' in this sandbox.");
    }

    private static async Task<SegmentDefinition> FindAsync(ControlPlaneContext context, SandboxScope scope, string id, CancellationToken cancellationToken) =>
        await context.SegmentDefinitions.SingleOrDefaultAsync(d => d.Id == id && d.SandboxId == scope.SandboxId, cancellationToken)
        ?? throw new RequestRefusedException(404, "segment.notFound", $"There is no segment definition '{id}' in this sandbox.");
}
