using System.Text;

namespace Muster.Engine.Functions;

/// <summary>The parts of addresses: text is cut, nothing is normalised. Null where an address has no such part.</summary>
internal static class UrlFunctions
{
    public static Dictionary<string, ScalarImplementation> All { get; } = new(StringComparer.Ordinal)
    {
        ["appendQueryParams"] = (a, _) => Append((string)a[0], (string)a[1], (string)a[2]),
        ["getUrlFragment"] = (a, _) => Cut((string)a[0])?.Fragment,
        ["getUrlHost"] = (a, _) => Cut((string)a[0])?.Host,
        ["getUrlPath"] = (a, _) => Cut((string)a[0])?.Path,
        ["getUrlProtocol"] = (a, _) => Cut((string)a[0])?.Protocol,
        ["urlDecode"] = (a, _) => Uri.UnescapeDataString(((string)a[0]).Replace('+', ' ')),
        ["urlEncode"] = (a, _) => Encode((string)a[0]),
    };

    private static (string Protocol, string Host, string Path, string? Fragment)? Cut(string url)
    {
        int scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme <= 0) return null;
        string rest = url[(scheme + 3)..];
        int hash = rest.IndexOf('#', StringComparison.Ordinal);
        string? fragment = hash < 0 ? null : rest[(hash + 1)..];
        if (hash >= 0) rest = rest[..hash];
        int query = rest.IndexOf('?', StringComparison.Ordinal);
        if (query >= 0) rest = rest[..query];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        (string authority, string path) = slash < 0 ? (rest, "") : (rest[..slash], rest[slash..]);
        string host = authority[(authority.LastIndexOf('@') + 1)..];
        int port = host.LastIndexOf(':');
        if (port > host.LastIndexOf(']')) host = host[..port];
        return host.Length == 0 ? null : (url[..scheme], host, path, fragment);
    }

    private static string Append(string url, string key, string value)
    {
        int hash = url.IndexOf('#', StringComparison.Ordinal);
        string fragment = hash < 0 ? "" : url[hash..];
        if (hash >= 0) url = url[..hash];
        string mark = !url.Contains('?', StringComparison.Ordinal) ? "?" : url[^1] is '?' or '&' ? "" : "&";
        return url + mark + Encode(key) + "=" + Encode(value) + fragment;
    }

    // As forms are encoded. Half of a surrogate pair becomes the replacement character.
    private static string Encode(string text)
    {
        StringBuilder result = new(text.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            char c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '*') result.Append(c);
            else if (c == ' ') result.Append('+');
            else result.Append('%').Append(Convert.ToHexString([b]));
        }
        return result.ToString();
    }
}
