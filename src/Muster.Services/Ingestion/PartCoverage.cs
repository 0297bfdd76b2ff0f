using Muster.Storage.ControlPlane;

namespace Muster.Services.Ingestion;

/// <summary>The rules of parts: none overlaps another, all agree on the size of the file, and together they are the file.</summary>
internal static class PartCoverage
{
    /// <summary>Refuses a part that does not fit those that are there.</summary>
    public static void RequireRoom(Upload upload, List<UploadPart> parts, UploadPart part)
    {
        if (!upload.IsOpen)
            throw new RequestRefusedException(400, "upload.complete",
                $"The file '{upload.Path}' is complete. To send it anew, begin it again with action=INITIALIZE.");
        long end = part.Total ?? part.Last + 1;
        if (end > LargeUploadService.MaximumBytes)
            throw new RequestRefusedException(400, "upload.size", $"A file has at most {LargeUploadService.MaximumBytes} bytes.");
        if (parts.Find(p => p.First == part.First && p.Last == part.Last) is null)
        {
            if (parts.Find(p => p.First <= part.Last && part.First <= p.Last) is { } other)
                throw new RequestRefusedException(400, "upload.overlap",
                    $"The bytes {part.First}-{part.Last} overlap the part {other.First}-{other.Last} that was received.");
            if (parts.Count >= LargeUploadService.MaximumParts)
                throw new RequestRefusedException(400, "upload.parts",
                    $"A file has at most {LargeUploadService.MaximumParts} parts. Send larger ones.");
        }

        long? total = part.Total ?? parts.Find(p => p.Total is not null)?.Total;
        if (parts.Exists(p => p.Total is not null && p.Total != total) || part.Last >= total || parts.Exists(p => p.Last >= total))
            throw new RequestRefusedException(400, "upload.total",
                $"The parts of '{upload.Path}' do not agree on its size: this one says {total}.");
    }

    /// <summary>Refuses to join parts (in order) that are not the whole file.</summary>
    public static void RequireWhole(List<UploadPart> parts)
    {
        long next = 0;
        foreach (UploadPart part in parts)
        {
            if (part.First > next) throw Missing(next, part.First - 1);
            next = part.Last + 1;
        }

        long? total = parts.Find(p => p.Total is not null)?.Total;
        if (parts.Count == 0)
            throw new RequestRefusedException(400, "upload.gap", "No part of the file was received. Send its bytes with PATCH first.");
        if (next < total) throw Missing(next, total.Value - 1);
    }

    /// <summary>The bytes from the start on that are there without a gap.</summary>
    public static long Contiguous(IEnumerable<UploadPart> parts)
    {
        long next = 0;
        foreach (UploadPart part in parts)
        {
            if (part.First > next) break;
            next = part.Last + 1;
        }

        return next;
    }

    private static RequestRefusedException Missing(long first, long last) =>
        new(400, "upload.gap", $"The bytes {first}-{last} were not received. Send them, then complete the file again.");
}
