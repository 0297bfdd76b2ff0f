using System.Text.Json;

namespace Muster.Storage.Maintenance;

/// <summary>What a backup holds: the last file that is written into it, and the first that a restore needs.</summary>
/// <param name="Format">The format of backups; this version reads and writes <see cref="CurrentFormat"/>.</param>
/// <param name="MadeAt">Milliseconds since the epoch.</param>
/// <param name="Files">All files that count; whatever else is there was copied in vain.</param>
public sealed record BackupContents(int Format, long MadeAt, IReadOnlyList<BackupFile> Files)
{
    /// <summary>The name of the file in the backup.</summary>
    public const string FileName = "backup.json";

    /// <summary>The format that is written.</summary>
    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>The sum of its files.</summary>
    public long TotalBytes() => Files.Sum(f => f.Bytes);

    /// <summary>The contents as JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, s_json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="BackupException">It is damaged or of another format.</exception>
    public static BackupContents Parse(string source, ReadOnlySpan<byte> json)
    {
        BackupContents? contents;
        try
        {
            contents = JsonSerializer.Deserialize<BackupContents>(json, s_json);
        }
        catch (JsonException fault)
        {
            throw new BackupException($"'{source}' is no backup of Muster: its {FileName} is damaged.", fault);
        }

        if (contents?.Files is null) throw new BackupException($"'{source}' is no backup of Muster: its {FileName} is empty.");
        if (contents.Format != CurrentFormat) throw new BackupException(
            $"The backup '{source}' is of format {contents.Format}; this version reads format {CurrentFormat}. Use the version that made it.");
        return contents;
    }
}

/// <summary>A file of a backup.</summary>
/// <param name="Path">Relative to the data folder, with <c>/</c>.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Hexadecimal.</param>
public sealed record BackupFile(string Path, long Bytes, string Sha256);

/// <summary>A backup cannot be made or read; the message says why and what to do.</summary>
public sealed class BackupException(string message, Exception? cause = null) : IOException(message, cause);
