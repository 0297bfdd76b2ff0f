using System.Text.Json;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Ingestion;

/// <summary>An uploaded file of a batch that was closed.</summary>
/// <param name="Name">The path under which it was sent.</param>
/// <param name="SizeInBytes">Its size.</param>
public sealed record InputFileEntry(string Name, long SizeInBytes);

/// <summary>The uploaded files of a batch, noted on its row because the uploads themselves do not outlive processing.</summary>
public static class InputFileList
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    /// <summary>The files by name; empty while the batch is open.</summary>
    public static IReadOnlyList<InputFileEntry> Of(Batch batch) => JsonSerializer.Deserialize<InputFileEntry[]>(batch.InputFiles, _json)!;

    /// <summary>One file; null if there is none of that name.</summary>
    public static InputFileEntry? Find(Batch batch, string name) => Of(batch).FirstOrDefault(file => file.Name == name);

    internal static string Note(IEnumerable<Upload> uploads) =>
        JsonSerializer.Serialize(uploads.Select(u => new InputFileEntry(u.Path, u.Bytes)), _json);
}
