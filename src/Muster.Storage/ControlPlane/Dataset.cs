namespace Muster.Storage.ControlPlane;

/// <summary>A table of records in the lake.</summary>
public sealed class Dataset
{
    /// <summary>24 hexadecimal digits.</summary>
    public required string Id { get; set; }

    /// <summary>Its sandbox.</summary>
    public required string SandboxId { get; set; }

    /// <summary>For people; not unique.</summary>
    public string Name { get; set; } = "";

    /// <summary><c>record</c> or <c>time-series</c>; null until the schema or the first batch decides.</summary>
    public string? Behavior { get; set; }

    /// <summary>The schema of its records as JSON Schema, declared, or inferred from all batches; null before the first batch of an undeclared one.</summary>
    public string? SchemaText { get; set; }

    /// <summary>True if the owner gave the schema.</summary>
    public bool SchemaDeclared { get; set; }

    /// <summary>True if its schemaRef is the union schema of profiles: a target of exports.</summary>
    public bool IsUnion { get; set; }

    /// <summary>The JSON object that the client gave (schemaRef, fileDescription, tags, ...), served back.</summary>
    public string Body { get; set; } = "{}";

    /// <summary>The N of version 1.0.N; +1 on every change.</summary>
    public int Version { get; set; }

    /// <summary>The batch that finished last.</summary>
    public string? LastBatchId { get; set; }

    /// <summary>Its status.</summary>
    public string? LastBatchStatus { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long UpdatedAt { get; set; }
}
