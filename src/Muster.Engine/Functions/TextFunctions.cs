using System.Security.Cryptography;
using System.Text;
using Muster.Engine.Values;
using Muster.Pql.Functions;
using Muster.Pql.Time;

namespace Muster.Engine.Functions;

/// <summary>Functions of texts. Positions count UTF-16 code units from 0; case and order follow the invariant, ordinal rules.</summary>
internal static class TextFunctions
{
    public static Dictionary<string, ScalarImplementation> All { get; } = new(StringComparer.Ordinal)
    {
        ["camelCase"] = (a, _) => CamelCase(Text(a, 0)),
        ["charCodeAt"] = (a, _) => Text(a, 0) is var text && a[1] is long index && index >= 0 && index < text.Length
            ? (long)text[(int)index] : null,
        ["compareTo"] = (a, _) => (long)Math.Sign(string.CompareOrdinal(Text(a, 0), Text(a, 1))),
        ["concat"] = (a, _) => string.Concat(a),
        ["decode64"] = (a, _) => Decode64(Text(a, 0)),
        ["encode64"] = (a, _) => Convert.ToBase64String(Encoding.UTF8.GetBytes(Text(a, 0))),
        ["equalsAnyIgnoreCase"] = (a, _) => a.Skip(1).Any(other => Same(Text(a, 0), (string)other)),
        ["equalsIgnoreCase"] = (a, _) => Same(Text(a, 0), Text(a, 1)),
        ["extractEmailDomain"] = (a, _) => Text(a, 0) is var text && text.LastIndexOf('@') is >= 0 and var at ? text[(at + 1)..] : null,
        ["indexOf"] = (a, _) => (long)Text(a, 0).IndexOf(Text(a, 1), StringComparison.Ordinal),
        ["join"] = (a, _) => string.Join(Text(a, 1), ((IReadOnlyList<object?>)a[0]).OfType<object>().Select(Conversion.ToText)),
        ["lastIndexOf"] = (a, _) => (long)Text(a, 0).LastIndexOf(Text(a, 1), StringComparison.Ordinal),
        ["leftTrim"] = (a, _) => Text(a, 0).TrimStart(),
        ["length"] = (a, _) => (long)Text(a, 0).Length,
        ["lowerCase"] = (a, _) => Text(a, 0).ToLowerInvariant(),
        ["mask"] = (a, _) => Mask(Text(a, 0), (long)a[1], (long)a[2]),
#pragma warning disable CA5351 // MD5 is the function that was asked for; nothing is kept safe with it.
        ["md5"] = (a, _) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(Text(a, 0)))),
#pragma warning restore CA5351
        ["notEqualWithIgnoreCase"] = (a, _) => !Same(Text(a, 0), Text(a, 1)),
        ["regexGroup"] = (a, _) => PatternOf(a)?.Group(Text(a, 0), (long)a[2]),
        ["replace"] = (a, _) => Text(a, 1).Length == 0 ? Text(a, 0) : Text(a, 0).Replace(Text(a, 1), Text(a, 2), StringComparison.Ordinal),
        ["replaceAll"] = (a, _) => PatternOf(a)?.Replace(Text(a, 0), Text(a, 2)),
        ["rightTrim"] = (a, _) => Text(a, 0).TrimEnd(),
        ["sha256"] = (a, _) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text(a, 0)))),
        ["split"] = (a, _) => Text(a, 1).Length == 0 ? (object?[])[a[0]] : Text(a, 0).Split(Text(a, 1)).ToArray<object?>(),
        ["stringToDate"] = (a, _) => Instant(a) is { } instant ? new Timestamp(instant) : null,
        ["stringToNumber"] = (a, _) => Conversion.ParseDouble(Text(a, 0)),
        ["string_to_integer"] = (a, _) => Conversion.ToInteger(a[0]),
        ["substr"] = (a, _) => Part(Text(a, 0), (long)a[1], a.Count > 2 ? (long)a[2] : long.MaxValue),
        ["titleCase"] = (a, _) => TitleCase(Text(a, 0)),
        ["toBool"] = (a, _) => Text(a, 0).Trim().ToLowerInvariant() switch { "true" => true, "false" => false, _ => null },
        ["toDateTime"] = (a, _) => new Timestamp(Instant(a) ?? 0),
        ["toDateTimeOnly"] = (a, _) => Instant(a) is { } instant ? new Timestamp(instant) : null,
        ["toString"] = (a, _) => a[0],
        ["trim"] = (a, _) => Text(a, 0).Trim(),
        ["upperCase"] = (a, _) => Text(a, 0).ToUpperInvariant(),
    };

    private static string Text(IReadOnlyList<object> arguments, int index) => (string)arguments[index];

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private static PqlRegex? PatternOf(IReadOnlyList<object> arguments) =>
        PqlRegex.TryCreate(Text(arguments, 1), ignoreCase: false, out PqlRegex? regex, out string? _) ? regex : null;

    private static long? Instant(IReadOnlyList<object> arguments) =>
        arguments.Count > 1 ? JavaTimePattern.Parse(Text(arguments, 0), Text(arguments, 1)) : IsoTime.ParseTimestamp(Text(arguments, 0));

    private static string CamelCase(string text)
    {
        StringBuilder result = new();
        bool startsWord = false;
        foreach (char c in text)
        {
            if (!char.IsLetterOrDigit(c))
            {
                startsWord = result.Length > 0;
                continue;
            }
            result.Append(startsWord ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c));
            startsWord = false;
        }
        return result.ToString();
    }

    private static string TitleCase(string text) => string.Create(text.Length, text, static (result, source) =>
    {
        for (int i = 0; i < source.Length; i++)
            result[i] = i == 0 || char.IsWhiteSpace(source[i - 1]) ? char.ToUpperInvariant(source[i]) : source[i];
    });

    // What is no Base64 stays as it is.
    private static string Decode64(string text)
    {
        byte[] bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int length) ? Encoding.UTF8.GetString(bytes, 0, length) : text;
    }

    private static string Mask(string text, long keepStart, long keepEnd)
    {
        int start = (int)Math.Clamp(keepStart, 0, text.Length);
        int end = text.Length - (int)Math.Clamp(keepEnd, 0, text.Length - start);
        return string.Concat(text.AsSpan(0, start), new string('X', end - start), text.AsSpan(end));
    }

    private static string Part(string text, long begin, long end)
    {
        int first = (int)Math.Clamp(begin, 0, text.Length);
        return text[first..(int)Math.Clamp(end, first, text.Length)];
    }
}
