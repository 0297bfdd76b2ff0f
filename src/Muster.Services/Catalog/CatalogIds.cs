using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Muster.Services.Catalog;

/// <summary>Ids of 24 hexadecimal digits: seconds since the epoch, then random, so that they sort by age.</summary>
internal static class CatalogIds
{
    public static string New(DateTimeOffset now)
    {
        Span<byte> id = stackalloc byte[12];
        RandomNumberGenerator.Fill(id);
        BinaryPrimitives.WriteUInt32BigEndian(id, checked((uint)now.ToUnixTimeSeconds()));
        return Convert.ToHexStringLower(id);
    }
}
