namespace Muster.Storage.ControlPlane;

/// <summary>A part of a large file whose bytes are on disk.</summary>
public sealed class UploadPart
{
    /// <summary>The batch of the file.</summary>
    public required string BatchId { get; set; }

    /// <summary>The path of the file.</summary>
    public required string Path { get; set; }

    /// <summary>The offset of its first byte in the file.</summary>
    public long First { get; set; }

    /// <summary>The offset of its last byte.</summary>
    public long Last { get; set; }

    /// <summary>The size of the whole file as the client told it with the part; null if it did not.</summary>
    public long? Total { get; set; }

    /// <summary>File name in the staging folder of the batch.</summary>
    public required string StoredAs { get; set; }
}
