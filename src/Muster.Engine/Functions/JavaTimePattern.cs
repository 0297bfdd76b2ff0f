using System.Globalization;
using System.Text;
using Muster.Pql.Time;
using Calendar = Muster.Pql.Time.Calendar;

namespace Muster.Engine.Functions;

/// <summary>
/// Times as text by Java's patterns: y M d E D a H h m s S X Z z and quoted text; English names, UTC. Other letters are not known.
/// </summary>
internal static class JavaTimePattern
{
    private static readonly string[] Months =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    private static readonly string[] Days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    /// <summary>The text; null for a pattern that is not known.</summary>
    public static string? Format(long instant, string pattern)
    {
        StringBuilder result = new();
        foreach ((char letter, int count, string literal) in Cut(pattern))
        {
            if (letter == '\0') result.Append(literal);
            else if (Field(instant, letter, count) is { } text) result.Append(text);
            else return null;
        }
        return result.ToString();
    }

    /// <summary>The instant of a text; what the pattern does not say is the start of 1970. Null if the text does not fit.</summary>
    public static long? Parse(string text, string pattern)
    {
        long year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, fraction = 0, offset = 0;
        bool isAfternoon = false, hasHalf = false;
        int position = 0;
        foreach ((char letter, int count, string literal) in Cut(pattern))
        {
            if (letter == '\0')
            {
                if (string.CompareOrdinal(text, position, literal, 0, literal.Length) != 0) return null;
                position += literal.Length;
                continue;
            }
            if (letter is 'a' or 'E' || (letter == 'M' && count > 2))
            {
                string[] names = letter == 'a' ? ["AM", "PM"] : letter == 'E' ? Days : Months;
                int found = Name(text, ref position, names, isShort: letter == 'E' ? count < 4 : letter == 'M' && count == 3);
                if (found < 0) return null;
                if (letter == 'a') (hasHalf, isAfternoon) = (true, found == 1);
                else if (letter == 'M') month = found + 1;
                continue;
            }
            if (letter is 'X' or 'Z' or 'z')
            {
                if (Offset(text, ref position) is not { } found) return null;
                offset = found;
                continue;
            }
            int most = letter == 'y' && count == 2 ? 2 : letter == 'y' ? Math.Max(4, count) : letter == 'S' ? count : 2;
            if (Number(text, ref position, most) is not { } number) return null;
            switch (letter)
            {
                case 'y': year = count == 2 ? 2000 + number : number; break;
                case 'M': month = number; break;
                case 'd': day = number; break;
                case 'H' or 'h': hour = letter == 'h' ? number % 12 : number; break;
                case 'm': minute = number; break;
                case 's': second = number; break;
                case 'S': fraction = count <= 3 ? number * (count == 1 ? 100 : count == 2 ? 10 : 1) : number / (long)Math.Pow(10, count - 3); break;
                default: return null;
            }
        }
        if (hasHalf) hour = hour % 12 + (isAfternoon ? 12 : 0);
        if (position != text.Length || hour > 23 || minute > 59 || second > 59) return null;
        return CivilDate.DaysOf(year, month, day) is { } days
            ? Calendar.StartOfDay(days) + hour * 3_600_000 + minute * 60_000 + second * 1_000 + fraction - offset
            : null;
    }

    private static string? Field(long instant, char letter, int count)
    {
        long day = Calendar.DayOf(instant);
        CivilDate date = CivilDate.FromDays(day);
        long rest = instant - Calendar.StartOfDay(day);
        long hour = rest / 3_600_000;
        string dayName = Days[(int)(((day + 3) % 7 + 7) % 7)];
        return letter switch
        {
            'y' when count == 2 => Padded((date.Year % 100 + 100) % 100, 2),
            'y' => Padded(date.Year, count),
            'M' when count > 3 => Months[date.Month - 1],
            'M' when count == 3 => Months[date.Month - 1][..3],
            'M' => Padded(date.Month, count),
            'd' => Padded(date.Day, count),
            'D' => Padded(day - new CivilDate(date.Year, 1, 1).ToDays() + 1, count),
            'E' => count > 3 ? dayName : dayName[..3],
            'a' => hour < 12 ? "AM" : "PM",
            'H' => Padded(hour, count),
            'h' => Padded(hour % 12 == 0 ? 12 : hour % 12, count),
            'm' => Padded(rest / 60_000 % 60, count),
            's' => Padded(rest / 1_000 % 60, count),
            'S' => (Padded(rest % 1_000, 3) + new string('0', Math.Max(0, count - 3)))[..count],
            'X' => "Z",
            'Z' => "+0000",
            'z' => "UTC",
            _ => null,
        };
    }

    private static string Padded(long number, int width) => number.ToString(CultureInfo.InvariantCulture).PadLeft(Math.Min(width, 10), '0');

    /// <summary>Runs of one letter; other text has letter 0.</summary>
    private static IEnumerable<(char Letter, int Count, string Literal)> Cut(string pattern)
    {
        for (int i = 0; i < pattern.Length;)
        {
            char c = pattern[i];
            int start = i;
            if (c == '\'')
            {
                int end = pattern.IndexOf('\'', start + 1);
                i = end < 0 ? pattern.Length : end + 1;
                yield return ('\0', 0, end == start + 1 ? "'" : pattern[(start + 1)..(end < 0 ? pattern.Length : end)]);
                continue;
            }
            while (i < pattern.Length && pattern[i] == c) i++;
            yield return char.IsAsciiLetter(c) ? (c, i - start, "") : ('\0', 0, pattern[start..i]);
        }
    }

    private static long? Number(string text, ref int position, int most)
    {
        int start = position;
        long number = 0;
        while (position < text.Length && position < start + most && position < start + 15 && char.IsAsciiDigit(text[position]))
            number = number * 10 + (text[position++] - '0');
        return position > start ? number : null;
    }

    private static int Name(string text, ref int position, string[] names, bool isShort)
    {
        for (int i = 0; i < names.Length; i++)
        {
            string name = isShort && names[i].Length > 3 ? names[i][..3] : names[i];
            if (string.Compare(text, position, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) != 0) continue;
            position += name.Length;
            return i;
        }
        return -1;
    }

    private static long? Offset(string text, ref int position)
    {
        string rest = text[position..];
        if (rest.StartsWith('Z') || rest.StartsWith("UTC", StringComparison.Ordinal))
        {
            position += rest[0] == 'Z' ? 1 : 3;
            return 0;
        }
        if (rest.Length < 3 || rest[0] is not ('+' or '-')) return null;
        position++;
        if (Number(text, ref position, 2) is not { } hours) return null;
        if (position < text.Length && text[position] == ':') position++;
        long minutes = Number(text, ref position, 2) ?? 0;
        long offset = hours * 3_600_000 + minutes * 60_000;
        return rest[0] == '-' ? -offset : offset;
    }
}
