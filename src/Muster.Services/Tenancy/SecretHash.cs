using System.Globalization;
using System.Security.Cryptography;

namespace Muster.Services.Tenancy;

/// <summary>Salted PBKDF2 of a client secret, as text <c>pbkdf2-sha256$iterations$salt$hash</c>.</summary>
public static class SecretHash
{
    private const int Iterations = 100_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    /// <summary>Hashes with a new salt.</summary>
    public static string Make(string secret)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        byte[] hash = Rfc2898DeriveBytes.Pbkdf2(secret, salt, Iterations, HashAlgorithmName.SHA256, HashBytes);
        return string.Join('$', "pbkdf2-sha256", Iterations.ToString(CultureInfo.InvariantCulture), Convert.ToBase64String(salt), Convert.ToBase64String(hash));
    }

    /// <summary>Compares in constant time.</summary>
    public static bool Matches(string secret, string stored)
    {
        string[] parts = stored.Split('$');
        byte[] expected = Convert.FromBase64String(parts[3]);
        byte[] actual = Rfc2898DeriveBytes.Pbkdf2(
            secret, Convert.FromBase64String(parts[2]), int.Parse(parts[1], CultureInfo.InvariantCulture), HashAlgorithmName.SHA256, expected.Length);
        return CryptographicOperations.FixedTimeEquals(expected, actual);
    }
}
