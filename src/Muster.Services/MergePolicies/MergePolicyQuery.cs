using Muster.Storage.ControlPlane;

namespace Muster.Services.MergePolicies;

/// <summary>What a list of merge policies was asked for; null means any.</summary>
public sealed record MergePolicyQuery
{
    /// <summary>Only the default ones, or only others.</summary>
    public bool? IsDefault { get; init; }

    /// <summary>Only those active on edge, or only others.</summary>
    public bool? IsActiveOnEdge { get; init; }

    /// <summary>Only of this class.</summary>
    public string? SchemaName { get; init; }

    /// <summary>Only of this graph type.</summary>
    public string? IdentityGraphType { get; init; }

    /// <summary>Only of this merge type.</summary>
    public string? AttributeMergeType { get; init; }

    /// <summary>Only those at this version.</summary>
    public int? Version { get; init; }

    /// <summary>A name, with a minus for the other direction; null: as they were made.</summary>
    public string? OrderBy { get; init; }

    /// <summary>The policies that are meant, in order.</summary>
    /// <exception cref="RequestRefusedException">400: an order that there is not.</exception>
    public IReadOnlyList<MergePolicy> Run(IEnumerable<MergePolicy> policies)
    {
        IEnumerable<MergePolicy> found = policies.Where(p =>
            (IsDefault is null || p.IsDefault == IsDefault) && (IsActiveOnEdge is null || p.IsActiveOnEdge == IsActiveOnEdge)
            && (SchemaName is null || p.SchemaName == SchemaName) && (IdentityGraphType is null || p.IdentityGraphType == IdentityGraphType)
            && (AttributeMergeType is null || p.AttributeMergeType == AttributeMergeType) && (Version is null || p.Version == Version));
        if (OrderBy is null) return [.. found];
        IOrderedEnumerable<MergePolicy> sorted = OrderBy.TrimStart('+', '-', ' ') switch
        {
            "name" => found.OrderBy(p => p.Name, StringComparer.Ordinal),
            "version" => found.OrderBy(p => p.Version),
            "updateEpoch" => found.OrderBy(p => p.UpdatedAt),
            "createEpoch" => found.OrderBy(p => p.CreatedAt),
            _ => throw new RequestRefusedException(400, "request.query",
                $"Merge policies cannot be ordered by '{OrderBy}': use name, version, updateEpoch or createEpoch, with '-' for descending."),
        };
        MergePolicy[] ascending = [.. sorted.ThenBy(p => p.Id, StringComparer.Ordinal)];
        return OrderBy.StartsWith('-') ? [.. ascending.Reverse()] : ascending;
    }
}
