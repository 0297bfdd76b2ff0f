using System.Security.Cryptography;

namespace Muster.Services.Ingestion;

/// <summary>
/// Ids of batches: ULIDs (26 characters of Crockford's base 32, ordered by time) for ingestion, 32 hexadecimal digits for exports.
/// </summary>
public static class BatchIds
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>A new ULID.</summary>
    /// <param name="now">Its first ten characters.</param>
    public static string NewUlid(DateTimeOffset now)
    {
        Span<char> text = stackalloc char[26];
        long time = now.ToUnixTimeMilliseconds();
        for (int i = 9; i >= 0; i--, time >>= 5) text[i] = Alphabet[(int)(time & 31)];
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        for (int i = 0; i < 16; i++) text[10 + i] = Alphabet[random[i] & 31];
        return new string(text);
    }

    /// <summary>32 random hexadecimal digits.</summary>
    public static string NewExport() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
