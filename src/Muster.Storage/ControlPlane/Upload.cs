namespace Muster.Storage.ControlPlane;

/// <summary>A file that a client sent to an open batch.</summary>
public sealed class Upload
{
    /// <summary>Its batch.</summary>
    public required string BatchId { get; set; }

    /// <summary>Normalised relative path that the client chose.</summary>
    public required string Path { get; set; }

    /// <summary>File name in the staging folder of the batch.</summary>
    public required string StoredAs { get; set; }

    /// <summary>Its size.</summary>
    public long Bytes { get; set; }
}
