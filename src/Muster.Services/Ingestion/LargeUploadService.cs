using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Muster.Services.Tenancy;
using Muster.Storage;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Ingestion;

/// <summary>
/// Files that arrive in parts, in any order: begun, sent part by part, completed. A part that is acknowledged is on disk in a file of its own
/// and survives a restart; completing joins the parts. Thread-safe.
/// </summary>
public sealed class LargeUploadService(IDbContextFactory<ControlPlaneContext> contexts, DataFolder folder)
{
    /// <summary>The most parts of one file.</summary>
    public const int MaximumParts = 10_000;

    /// <summary>The largest file, in bytes.</summary>
    public const long MaximumBytes = 100L << 30;

    /// <summary>Begins a file; what was there under the path is gone.</summary>
    /// <exception cref="RequestRefusedException">400 bad path or too many files, 404 unknown batch, 409 not open any more.</exception>
    public async Task<Upload> InitializeAsync(
        SandboxScope scope, string batchId, string datasetId, string path, CancellationToken cancellationToken)
    {
        string normalized = UploadPath.Normalize(path);
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using IDbContextTransaction transaction =
            await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await OpenBatches.RequireAsync(context, scope, batchId, datasetId, cancellationToken).ConfigureAwait(false);
        folder.Files.CreateFolder(folder.Staging(scope.SandboxId, batchId));
        var begun = new Upload { BatchId = batchId, Path = normalized, StoredAs = "", IsOpen = true };
        IReadOnlyList<string> replaced = await UploadRows.PutAsync(context, begun, cancellationToken).ConfigureAwait(false);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        Delete(scope, batchId, replaced);
        return begun;
    }

    /// <summary>Stores a part. The same range again replaces it: a client that saw no answer may send it twice.</summary>
    /// <param name="scope">The sandbox.</param>
    /// <param name="batchId">An open batch.</param>
    /// <param name="datasetId">Must be the batch's.</param>
    /// <param name="path">Of a file that was begun.</param>
    /// <param name="range">Where its bytes belong.</param>
    /// <param name="content">Exactly as many bytes.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    /// <exception cref="RequestRefusedException">
    /// 400: overlaps another part, contradicts its own length or the total of other parts, or is too large; 404: not begun; 409.
    /// </exception>
    public async Task<UploadPart> PutPartAsync(
        SandboxScope scope, string batchId, string datasetId, string path, ByteRange range, Stream content,
        CancellationToken cancellationToken)
    {
        var part = new UploadPart
        {
            BatchId = batchId,
            Path = UploadPath.Normalize(path),
            First = range.First,
            Last = range.Last,
            Total = range.Total,
            StoredAs = Guid.NewGuid().ToString("N"),
        };
        await CheckAsync(scope, datasetId, part, cancellationToken).ConfigureAwait(false);
        string file = Path.Combine(folder.Staging(scope.SandboxId, batchId), part.StoredAs);
        IReadOnlyList<string> replaced;
        try
        {
            long length = await StagedFile.WriteAsync(file, content, folder.Files, cancellationToken).ConfigureAwait(false);
            if (length != range.Length)
                throw new RequestRefusedException(400, "upload.length",
                    $"The part has {length} bytes, but its Content-Range says {range.Length}.");
            replaced = await AddAsync(scope, datasetId, part, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            if (File.Exists(file)) File.Delete(file);
            // An abort takes the folder away under a file that is being written: then that is what the client must hear.
            if (exception is IOException) await CheckAsync(scope, datasetId, part, cancellationToken).ConfigureAwait(false);
            throw;
        }

        Delete(scope, batchId, replaced);
        return part;
    }

    /// <summary>Joins the parts. A file that is complete already is left as it is.</summary>
    /// <exception cref="RequestRefusedException">400: bytes are missing; 404: not begun; 409: changed meanwhile, or not open.</exception>
    public async Task<Upload> CompleteAsync(
        SandboxScope scope, string batchId, string datasetId, string path, CancellationToken cancellationToken)
    {
        string normalized = UploadPath.Normalize(path);
        (Upload upload, List<UploadPart> parts) = await ReadAsync(scope, batchId, datasetId, normalized, cancellationToken).ConfigureAwait(false);
        if (!upload.IsOpen) return upload;
        PartCoverage.RequireWhole(parts);
        string staging = folder.Staging(scope.SandboxId, batchId);
        string joined = parts.Count == 1 ? parts[0].StoredAs : Guid.NewGuid().ToString("N");
        string file = Path.Combine(staging, joined);
        try
        {
            if (parts.Count > 1)
                await StagedFile.JoinAsync(file, parts.Select(p => Path.Combine(staging, p.StoredAs)), folder.Files, cancellationToken).ConfigureAwait(false);
            return await CloseAsync(scope, datasetId, upload, parts, joined, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            if (parts.Count > 1 && File.Exists(file)) File.Delete(file);
            if (exception is IOException)
                await ReadAsync(scope, batchId, datasetId, normalized, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<Upload> CloseAsync(
        SandboxScope scope, string datasetId, Upload seen, List<UploadPart> parts, string joined, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using IDbContextTransaction transaction =
            await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await OpenBatches.RequireAsync(context, scope, seen.BatchId, datasetId, cancellationToken).ConfigureAwait(false);
        List<UploadPart> now = await UploadRows.PartsAsync(context, seen.BatchId, seen.Path, cancellationToken).ConfigureAwait(false);
        if (!now.Select(p => p.StoredAs).SequenceEqual(parts.Select(p => p.StoredAs)))
            throw new RequestRefusedException(409, "upload.changed", $"Parts of '{seen.Path}' arrived while it was completed. Complete it again.");
        Upload upload = await context.Uploads.SingleAsync(u => u.BatchId == seen.BatchId && u.Path == seen.Path, cancellationToken)
            .ConfigureAwait(false);
        upload.IsOpen = false;
        upload.StoredAs = joined;
        upload.Bytes = parts[^1].Last + 1;
        context.UploadParts.RemoveRange(now);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        Delete(scope, seen.BatchId, [.. parts.Select(p => p.StoredAs).Where(name => name != joined)]);
        return upload;
    }

    private async Task<(Upload Upload, List<UploadPart> Parts)> ReadAsync(
        SandboxScope scope, string batchId, string datasetId, string path, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await OpenBatches.RequireAsync(context, scope, batchId, datasetId, cancellationToken).ConfigureAwait(false);
        Upload upload = await UploadRows.FindAsync(context, batchId, path, cancellationToken).ConfigureAwait(false);
        return (upload, await UploadRows.PartsAsync(context, batchId, path, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Before the body is read: what must be refused is, without its bytes.</summary>
    private async Task CheckAsync(SandboxScope scope, string datasetId, UploadPart part, CancellationToken cancellationToken)
    {
        (Upload upload, List<UploadPart> parts) =
            await ReadAsync(scope, part.BatchId, datasetId, part.Path, cancellationToken).ConfigureAwait(false);
        PartCoverage.RequireRoom(upload, parts, part);
    }

    private async Task<IReadOnlyList<string>> AddAsync(
        SandboxScope scope, string datasetId, UploadPart part, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using IDbContextTransaction transaction =
            await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await OpenBatches.RequireAsync(context, scope, part.BatchId, datasetId, cancellationToken).ConfigureAwait(false);
        Upload upload = await UploadRows.FindAsync(context, part.BatchId, part.Path, cancellationToken).ConfigureAwait(false);
        List<UploadPart> parts = await UploadRows.PartsAsync(context, part.BatchId, part.Path, cancellationToken).ConfigureAwait(false);
        PartCoverage.RequireRoom(upload, parts, part);
        var replaced = new List<string>();
        if (parts.Find(p => p.First == part.First) is { } same)
        {
            replaced.Add(same.StoredAs);
            same.StoredAs = part.StoredAs;
            same.Total = part.Total;
        }
        else
        {
            context.UploadParts.Add(part);
        }

        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        return replaced;
    }

    private void Delete(SandboxScope scope, string batchId, IReadOnlyList<string> names)
    {
        string staging = folder.Staging(scope.SandboxId, batchId);
        foreach (string name in names) StagedFile.Delete(Path.Combine(staging, name));
    }
}
