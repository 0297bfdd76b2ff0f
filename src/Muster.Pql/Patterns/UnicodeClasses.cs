using System.Globalization;

namespace Muster.Pql.Patterns;

/// <summary>The sets that <c>\p{...}</c> names: POSIX classes (of ASCII), general categories and a few properties.</summary>
internal static class UnicodeClasses
{
    private static readonly string[] Categories =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe",
        "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];

    /// <summary>The set of a name; null if it is not known.</summary>
    public static CharacterSet? Find(string name) => name switch
    {
        "Lower" => CharacterSet.Range('a', 'z'),
        "Upper" => CharacterSet.Range('A', 'Z'),
        "ASCII" => CharacterSet.Range('\0', '\x7f'),
        "Alpha" => CharacterSet.Of("azAZ"),
        "Digit" => CharacterSet.Range('0', '9'),
        "Alnum" => CharacterSet.Of("azAZ09"),
        "Punct" => CharacterSet.Of("!/:@[`{~"),
        "Graph" => CharacterSet.Range('!', '~'),
        "Print" => CharacterSet.Range(' ', '~'),
        "Blank" => CharacterSet.Of("  \t\t"),
        "Cntrl" => CharacterSet.Of("\0\x1f\x7f\x7f"),
        "XDigit" => CharacterSet.Of("09afAF"),
        "Space" => CharacterSet.Of("  \t\r"),
        "IsAlphabetic" or "IsLetter" => CharacterSet.Where(char.IsLetter),
        "IsDigit" => CharacterSet.Where(char.IsDigit),
        "IsLowercase" or "javaLowerCase" => CharacterSet.Where(char.IsLower),
        "IsUppercase" or "javaUpperCase" => CharacterSet.Where(char.IsUpper),
        "IsWhite_Space" or "javaWhitespace" => CharacterSet.Where(char.IsWhiteSpace),
        "IsPunctuation" => CharacterSet.Where(char.IsPunctuation),
        _ => OfCategory(name.StartsWith("Is", StringComparison.Ordinal) ? name[2..] : name),
    };

    private static CharacterSet? OfCategory(string name)
    {
        bool isKnown = name.Length is 1 or 2 && Array.Exists(Categories, c => c.StartsWith(name, StringComparison.Ordinal));
        return isKnown
            ? CharacterSet.Where(c => Categories[(int)CharUnicodeInfo.GetUnicodeCategory(c)].StartsWith(name, StringComparison.Ordinal))
            : null;
    }
}
