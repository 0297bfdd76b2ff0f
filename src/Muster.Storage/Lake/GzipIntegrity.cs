using System.Buffers.Binary;
using System.IO.Compression;

namespace Muster.Storage.Lake;

/// <summary>The framework's gzip reader takes a file that was cut off for a shorter one; this finds out.</summary>
internal static class GzipIntegrity
{
    /// <summary>Whether a file begins like gzip; leaves the position at 0.</summary>
    public static bool IsGzip(FileStream file)
    {
        Span<byte> magic = stackalloc byte[2];
        bool isGzip = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1f, 0x8b];
        file.Position = 0;
        return isGzip;
    }

    /// <summary>Whether the file ends with the length (modulo 2^32) of what its last member holds, as a whole gzip file does.</summary>
    /// <param name="file">The compressed file.</param>
    /// <param name="decompressedBytes">What all its members hold.</param>
    public static bool IsWhole(FileStream file, long decompressedBytes)
    {
        if (file.Length < 18) return false;
        byte[] end = new byte[4];
        file.Position = file.Length - 4;
        file.ReadExactly(end);
        uint lastLength = BinaryPrimitives.ReadUInt32LittleEndian(end);
        return lastLength == unchecked((uint)decompressedBytes) || HasMemberOf(file, lastLength);
    }

    // Several members in one file (as block compressors and `cat` make them): one of them must reach the end and hold as much as it says.
    private static bool HasMemberOf(FileStream file, uint length)
    {
        byte[] bytes = new byte[Math.Min(file.Length - 1, 64 << 20)];
        file.Position = file.Length - bytes.Length;
        file.ReadExactly(bytes);
        ReadOnlySpan<byte> header = [0x1f, 0x8b, 8];
        for (int from = bytes.AsSpan().LastIndexOf(header); from >= 0; from = bytes.AsSpan(0, from).LastIndexOf(header))
            if (LengthOf(bytes, from) == length) return true;
        return false;
    }

    private static uint? LengthOf(byte[] bytes, int from)
    {
        try
        {
            using var stream = new GZipStream(new MemoryStream(bytes, from, bytes.Length - from), CompressionMode.Decompress);
            byte[] buffer = new byte[1 << 16];
            uint length = 0;
            for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer)) length = unchecked(length + (uint)read);
            return length;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
