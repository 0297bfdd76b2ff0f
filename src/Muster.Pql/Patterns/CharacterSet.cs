using System.Globalization;
using System.Text;

namespace Muster.Pql.Patterns;

/// <summary>A set of UTF-16 code units as sorted ranges that do not touch. Immutable.</summary>
internal sealed class CharacterSet
{
    private readonly (char First, char Last)[] _ranges;

    private CharacterSet((char First, char Last)[] ranges) => _ranges = ranges;

    public static CharacterSet Empty { get; } = new([]);

    public static CharacterSet Everything { get; } = new([(char.MinValue, char.MaxValue)]);

    public bool IsEmpty => _ranges.Length == 0;

    public static CharacterSet Of(char character) => new([(character, character)]);

    public static CharacterSet Range(char first, char last) => new([(first, last)]);

    /// <summary>Pairs of first and last characters, in any order.</summary>
    public static CharacterSet Of(string firstAndLast)
    {
        CharacterSet set = Empty;
        for (int i = 0; i < firstAndLast.Length; i += 2) set = set.Union(Range(firstAndLast[i], firstAndLast[i + 1]));
        return set;
    }

    public static CharacterSet Where(Func<char, bool> isMember)
    {
        List<(char, char)> ranges = [];
        for (int c = 0; c <= char.MaxValue; c++)
        {
            if (!isMember((char)c)) continue;
            int first = c;
            while (c < char.MaxValue && isMember((char)(c + 1))) c++;
            ranges.Add(((char)first, (char)c));
        }
        return new CharacterSet([.. ranges]);
    }

    public bool Contains(char character)
    {
        int low = 0, high = _ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            (char first, char last) = _ranges[middle];
            if (character < first) high = middle - 1;
            else if (character > last) low = middle + 1;
            else return true;
        }
        return false;
    }

    public CharacterSet Union(CharacterSet other)
    {
        List<(char First, char Last)> merged = [];
        foreach ((char first, char last) in _ranges.Concat(other._ranges).OrderBy(range => range.First))
        {
            if (merged.Count > 0 && first <= merged[^1].Last + 1)
                merged[^1] = (merged[^1].First, (char)Math.Max(merged[^1].Last, last));
            else merged.Add((first, last));
        }
        return new CharacterSet([.. merged]);
    }

    public CharacterSet Complement()
    {
        List<(char, char)> gaps = [];
        int next = 0;
        foreach ((char first, char last) in _ranges)
        {
            if (first > next) gaps.Add(((char)next, (char)(first - 1)));
            next = last + 1;
        }
        if (next <= char.MaxValue) gaps.Add(((char)next, char.MaxValue));
        return new CharacterSet([.. gaps]);
    }

    public CharacterSet Intersect(CharacterSet other) => Complement().Union(other.Complement()).Complement();

    /// <summary>With both cases of every letter, by the invariant rules.</summary>
    public CharacterSet WithBothCases()
    {
        List<(char, char)> added = [];
        foreach ((char first, char last) in _ranges)
        {
            for (int c = first; c <= last; c++)
            {
                char upper = char.ToUpperInvariant((char)c), lower = char.ToLowerInvariant((char)c);
                if (upper != c) added.Add((upper, upper));
                if (lower != c) added.Add((lower, lower));
            }
        }
        return added.Count == 0 ? this : Union(new CharacterSet([.. added]));
    }

    /// <summary>As a class of .NET's syntax.</summary>
    public override string ToString()
    {
        if (IsEmpty) return "[^\\u0000-\\uFFFF]";
        if (_ranges is [var only] && only.First == only.Last) return Escape(only.First);
        StringBuilder text = new("[");
        foreach ((char first, char last) in _ranges)
        {
            text.Append(Escape(first));
            if (last > first) text.Append('-').Append(Escape(last));
        }
        return text.Append(']').ToString();
    }

    private static string Escape(char character) => char.IsAsciiLetterOrDigit(character) ? character.ToString()
        : "\\u" + ((int)character).ToString("X4", CultureInfo.InvariantCulture);
}
