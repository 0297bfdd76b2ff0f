namespace Muster.Services.Ingestion;

/// <summary>What there is of an uploaded file.</summary>
/// <param name="Bytes">Its size; of a file that is not complete, the bytes from its start on that are there without a gap.</param>
/// <param name="IsComplete">False while it arrives in parts.</param>
public sealed record StoredUpload(long Bytes, bool IsComplete);
