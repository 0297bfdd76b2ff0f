using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Tenancy;
using Muster.Storage;
using Muster.Storage.ControlPlane;

namespace Muster.Services.DataAccess;

/// <summary>The files of finished batches, for clients to download. A batch is one dataset file, <c>{batch}-1</c>: a folder of its immutable files.</summary>
/// <param name="database">The control plane.</param>
/// <param name="folder">Where the files are.</param>
public sealed class LakeFiles(IDbContextFactory<ControlPlaneContext> database, DataFolder folder)
{
    private const string Suffix = "-1";

    /// <summary>A batch of the sandbox.</summary>
    /// <exception cref="RequestRefusedException">404.</exception>
    public async Task<Batch> BatchAsync(SandboxScope scope, string batchId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        return await context.Batches.AsNoTracking().SingleOrDefaultAsync(b => b.Id == batchId && b.SandboxId == scope.SandboxId, cancellationToken)
            ?? throw new RequestRefusedException(404, "batch.unknown", $"There is no batch '{batchId}' in this sandbox.");
    }

    /// <summary>The batch that a dataset file id names.</summary>
    /// <exception cref="RequestRefusedException">404.</exception>
    public async Task<Batch> BatchOfFileAsync(SandboxScope scope, string fileId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        string batchId = fileId.EndsWith(Suffix, StringComparison.Ordinal) ? fileId[..^Suffix.Length] : fileId;
        Batch? batch = await context.Batches.AsNoTracking().SingleOrDefaultAsync(b => b.Id == batchId && b.SandboxId == scope.SandboxId, cancellationToken);
        return batch is { Status: BatchStatus.Success }
            ? batch : throw new RequestRefusedException(404, "file.unknown", $"There is no dataset file '{fileId}' in this sandbox.");
    }

    /// <summary>The id of the dataset file of a batch.</summary>
    public static string FileId(Batch batch) => batch.Id + Suffix;

    /// <summary>The files of a batch; none until it has succeeded.</summary>
    public static IReadOnlyList<BatchFile> Files(Batch batch) =>
        batch.Status == BatchStatus.Success ? JsonSerializer.Deserialize<BatchFile[]>(batch.Files)! : [];

    /// <summary>The path on disk of one file of a batch.</summary>
    /// <exception cref="RequestRefusedException">404: the batch has none of that name.</exception>
    public string Locate(Batch batch, string name)
    {
        // Only names that the batch lists are followed, so that no name can lead elsewhere.
        BatchFile? file = Files(batch).SingleOrDefault(f => f.Name == name);
        return file is null
            ? throw new RequestRefusedException(404, "file.unknown", $"The dataset file '{FileId(batch)}' has no file '{name}'.")
            : folder.Absolute(batch.SandboxId, file.Path);
    }

    /// <summary>The file of the records that failed, or null if there is none.</summary>
    public FileInfo? FailedRecords(Batch batch)
    {
        if (batch.FailedRecordsPath is not { } path) return null;
        var file = new FileInfo(folder.Absolute(batch.SandboxId, path));
        return file.Exists ? file : null;
    }
}
