namespace Muster.Storage.ControlPlane;

/// <summary>One arrival of files in a dataset, by ingestion or by an export.</summary>
public sealed class Batch
{
    /// <summary>26-character ULID for ingestion, 32 hexadecimal digits for exports.</summary>
    public required string Id { get; set; }

    /// <summary>Its sandbox.</summary>
    public required string SandboxId { get; set; }

    /// <summary>Its dataset.</summary>
    public required string DatasetId { get; set; }

    /// <summary>One of <see cref="BatchStatus"/>.</summary>
    public string Status { get; set; } = BatchStatus.Loading;

    /// <summary><c>json</c>, <c>parquet</c> or <c>csv</c>.</summary>
    public string Format { get; set; } = "json";

    /// <summary>JSON object: how CSV is written (delimiter, quote, escape, nullMarker, header, charset), as far as the client said.</summary>
    public string InputOptions { get; set; } = "{}";

    /// <summary>JSON: where the columns of CSV go; null without a mapping.</summary>
    public string? Mapping { get; set; }

    /// <summary>JSON object: the batches that it replaces (predecessors, predecessorsByExternalId, reason); null if it replaces none.</summary>
    public string? Replay { get; set; }

    /// <summary>The client that opened it.</summary>
    public string CreatedClient { get; set; } = "";

    /// <summary>The N of version 1.0.N; +1 on every change.</summary>
    public int Version { get; set; }

    /// <summary>When its removal was asked for, ms; it counts until that is done. Null: nobody asked.</summary>
    public long? RevertAskedAt { get; set; }

    /// <summary>A file is one JSON document or array, not one object a line.</summary>
    public bool IsMultiLineJson { get; set; }

    /// <summary>As the client asked; failed records are kept either way.</summary>
    public bool EnableErrorDiagnostics { get; set; }

    /// <summary>The accepted share of failed records, 0 to 100.</summary>
    public double PartialIngestionPercentage { get; set; }

    /// <summary>The id that the caller gave.</summary>
    public string? ExternalId { get; set; }

    /// <summary>JSON object of arrays of strings.</summary>
    public string Tags { get; set; } = "{}";

    /// <summary>Its number in the journal; 0 before it is committed.</summary>
    public long Sequence { get; set; }

    /// <summary>When loading into the lake began, ms.</summary>
    public long? StartedAt { get; set; }

    /// <summary>When it reached a final status, ms.</summary>
    public long? CompletedAt { get; set; }

    /// <summary>JSON array of {name, sizeInBytes}: the uploaded files, noted when processing begins.</summary>
    public string InputFiles { get; set; } = "[]";

    /// <summary>Size of the uploaded files.</summary>
    public long InputBytes { get; set; }

    /// <summary>Records read.</summary>
    public long InputRecords { get; set; }

    /// <summary>Records that landed.</summary>
    public long OutputRecords { get; set; }

    /// <summary>Records that did not.</summary>
    public long FailedRecords { get; set; }

    /// <summary>Size of its lake files.</summary>
    public long OutputBytes { get; set; }

    /// <summary>JSON array of {code, description, recordCount, rows}.</summary>
    public string Errors { get; set; } = "[]";

    /// <summary>JSON array of <see cref="BatchFile"/>: its immutable files, relative to the sandbox folder.</summary>
    public string Files { get; set; } = "[]";

    /// <summary>The NDJSON of failed records, relative to the sandbox folder.</summary>
    public string? FailedRecordsPath { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long UpdatedAt { get; set; }

    /// <summary>Counts a change.</summary>
    /// <param name="now">Milliseconds since the epoch.</param>
    public void Touch(long now)
    {
        Version++;
        UpdatedAt = now;
    }
}
