namespace Muster.Storage.ControlPlane;

/// <summary>A file that a client sent to an open batch.</summary>
public sealed class Upload
{
    /// <summary>Its batch.</summary>
    public required string BatchId { get; set; }

    /// <summary>Normalised relative path that the client chose.</summary>
    public required string Path { get; set; }

    /// <summary>True while it arrives in parts: what there is of it are <see cref="UploadPart"/>s.</summary>
    public bool IsOpen { get; set; }

    /// <summary>File name in the staging folder of the batch; empty while it is open.</summary>
    public required string StoredAs { get; set; }

    /// <summary>Its size.</summary>
    public long Bytes { get; set; }
}
