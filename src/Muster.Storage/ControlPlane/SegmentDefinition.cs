namespace Muster.Storage.ControlPlane;

/// <summary>A named PQL predicate over profiles.</summary>
public sealed class SegmentDefinition
{
    /// <summary>UUID.</summary>
    public required string Id { get; set; }

    /// <summary>Its sandbox.</summary>
    public required string SandboxId { get; set; }

    /// <summary>Unique in the sandbox, case-sensitive.</summary>
    public required string Name { get; set; }

    /// <summary>For people.</summary>
    public string? Description { get; set; }

    /// <summary><c>PQL</c>.</summary>
    public string ExpressionType { get; set; } = "PQL";

    /// <summary><c>pql/text</c> or <c>pql/json</c>.</summary>
    public required string ExpressionFormat { get; set; }

    /// <summary>The query.</summary>
    public required string ExpressionValue { get; set; }

    /// <summary>JSON object with <c>name</c> or <c>id</c>, as given.</summary>
    public required string Schema { get; set; }

    /// <summary>Its merge policy.</summary>
    public required string MergePolicyId { get; set; }

    /// <summary><c>batch</c>, <c>continuous</c> or <c>synchronous</c>: the flag of evaluationInfo that is true.</summary>
    public string Evaluation { get; set; } = "batch";

    /// <summary>
    /// JSON object of the other properties that a client may set, served back verbatim (profileInstanceId, ttlInDays, ansibleDataModel,
    /// tags, labels, ...).
    /// </summary>
    public string Extra { get; set; } = "{}";

    /// <summary>From 1; +1 on every change.</summary>
    public int Version { get; set; } = 1;

    /// <summary>Milliseconds since the epoch.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long UpdatedAt { get; set; }
}
