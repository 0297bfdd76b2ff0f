namespace Muster.Storage.Maintenance;

/// <summary>What a file of a sandbox is.</summary>
public enum NamedFileKind
{
    /// <summary>Records of a batch: part of the truth.</summary>
    Lake,

    /// <summary>Records of a batch that did not land.</summary>
    Failed,

    /// <summary>An upload of a batch that is not processed yet: acknowledged, so part of the truth.</summary>
    Staging,

    /// <summary>Identities, keys, links and runs: derived from the lake, but for the numbers that identities were given.</summary>
    Profiles,

    /// <summary>Who is in which segment since when.</summary>
    Membership,
}

/// <summary>A file that the control plane names: without it something is lost.</summary>
/// <param name="SandboxId">Its sandbox.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Path">Relative to the data folder, with <c>/</c>.</param>
/// <param name="Bytes">Its size; null where the control plane does not say.</param>
/// <param name="Sha256">Its hash, hexadecimal; null where the control plane does not say.</param>
/// <param name="Owner">What names it, for messages.</param>
public sealed record NamedFile(string SandboxId, NamedFileKind Kind, string Path, long? Bytes, string? Sha256, string Owner);
