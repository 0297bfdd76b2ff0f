using System.Text.Json;
using Muster.Storage.ControlPlane;
using Muster.Storage.Profiles;

namespace Muster.Services.MergePolicies;

/// <summary>What a merge policy means to the store of profiles.</summary>
public static class MergePolicyMethod
{
    /// <summary>The graph type that stitches identities.</summary>
    public const string PrivateGraph = "pdg";

    /// <summary>The graph type that stitches nothing.</summary>
    public const string NoGraph = "none";

    /// <summary>The merge type in which the most recent value wins.</summary>
    public const string TimestampOrdered = "timestampOrdered";

    /// <summary>The merge type in which the dataset decides.</summary>
    public const string DataSetPrecedence = "dataSetPrecedence";

    /// <summary>The part of a policy that decides how profiles look; its name, version and flags do not.</summary>
    public static MergeMethod ToMergeMethod(this MergePolicy policy) => new()
    {
        Graph = policy.IdentityGraphType == NoGraph ? GraphType.None : GraphType.Pdg,
        Precedence = policy.AttributeMergeType == DataSetPrecedence ? policy.Order() : null,
        TimestampField = policy.TimestampField ?? MergeMethod.StandardTimestampField,
    };

    /// <summary>The ids of the datasets of a policy, highest priority first.</summary>
    public static IReadOnlyList<string> Order(this MergePolicy policy) => JsonSerializer.Deserialize<string[]>(policy.AttributeMergeOrder)!;
}
