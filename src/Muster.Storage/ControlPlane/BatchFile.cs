namespace Muster.Storage.ControlPlane;

/// <summary>An immutable file of a batch.</summary>
/// <param name="Name">What clients ask for with <c>path=</c>.</param>
/// <param name="Path">Relative to the sandbox folder, with <c>/</c>.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Rows">The records in it.</param>
/// <param name="Sha256">Hexadecimal; Parquet has no checksum of its own.</param>
public sealed record BatchFile(string Name, string Path, long Bytes, long Rows, string Sha256);
