using System.Globalization;

namespace Muster.Pql.Patterns;

/// <summary>Character classes, escapes and quoted runs.</summary>
internal sealed partial class PatternParser
{
    private static CharacterSet LineEnds() => CharacterSet.Of("\n\n\r\r\u0085\u0085\u2028\u2029");

    private string ParseQuoted()
    {
        int start = ++_position;
        int end = _text.IndexOf("\\E", start, StringComparison.Ordinal);
        _position = end < 0 ? _text.Length : end + 2;
        return _text[start..(end < 0 ? _text.Length : end)];
    }

    /// <summary>After the opening bracket: ranges, classes within, and intersections of those.</summary>
    private CharacterSet ParseClass()
    {
        if (++_depth > DepthLimit) throw new PatternFault("it is nested too deeply", _position);
        bool isNegated = Take('^');
        CharacterSet? common = null;
        CharacterSet current = CharacterSet.Empty;
        bool isFirst = true;
        while (true)
        {
            if (AtEnd) throw new PatternFault("a class without its closing bracket", _position);
            // A closing bracket that comes first is a member.
            if (Current == ']' && !isFirst) break;
            isFirst = false;
            if (_flags.HasFlag(Flags.Comments) && char.IsWhiteSpace(Current)) _position++;
            else if (Take('[')) current = current.Union(ParseClass());
            else if (Current == '&' && _position + 1 < _text.Length && _text[_position + 1] == '&')
            {
                _position += 2;
                common = common is null ? current : common.Intersect(current);
                current = CharacterSet.Empty;
            }
            else current = current.Union(Cased(ParseRange()));
        }
        _position++;
        _depth--;
        CharacterSet result = common is null ? current : common.Intersect(current);
        return isNegated ? result.Complement() : result;
    }

    private CharacterSet ParseRange()
    {
        if (Current == '\\' && _position + 1 < _text.Length && _text[_position + 1] == 'Q')
        {
            _position++;
            return ParseQuoted().Aggregate(CharacterSet.Empty, (set, c) => set.Union(CharacterSet.Of(c)));
        }
        if (ParseMember(out char first) is { } set) return set;
        bool isRange = _position + 1 < _text.Length && Current == '-' && _text[_position + 1] is not (']' or '[');
        if (!isRange) return CharacterSet.Of(first);
        int start = _position++;
        if (ParseMember(out char last) is not null || last < first) throw new PatternFault("a range that ends before it begins", start);
        return CharacterSet.Range(first, last);
    }

    /// <summary>One character, or the set of a class escape.</summary>
    private CharacterSet? ParseMember(out char character)
    {
        character = _text[_position++];
        if (character != '\\') return null;
        if (AtEnd) throw new PatternFault("a backslash at the end", _position);
        return PredefinedClass() is { } set ? set : CharacterEscape(out character);
    }

    /// <summary>After a backslash outside of classes.</summary>
    private PatternNode ParseEscape()
    {
        if (AtEnd) throw new PatternFault("a backslash at the end", _position);
        char c = Current;
        Anchor? anchor = c switch
        {
            'A' => Anchor.TextStart,
            'z' => Anchor.TextEnd,
            'Z' => Anchor.LastLineEnd,
            'b' => Anchor.WordBoundary,
            'B' => Anchor.NoWordBoundary,
            // A search begins at the start of the text.
            'G' => Anchor.TextStart,
            _ => null,
        };
        if (anchor is { } place)
        {
            _position++;
            return new AnchorPattern(place);
        }
        if (c is >= '1' and <= '9') return new BackReferencePattern(ParseGroupNumber(), _flags.HasFlag(Flags.IgnoreCase));
        if (c == 'k')
        {
            _position++;
            if (!Take('<')) throw new PatternFault("a name of a group is needed", _position);
            string name = ParseName('>');
            return _names.TryGetValue(name, out int group) ? new BackReferencePattern(group, _flags.HasFlag(Flags.IgnoreCase))
                : throw new PatternFault($"there is no group '{name}' before", _position);
        }
        if (c == 'R')
        {
            _position++;
            SequencePattern both = new([new SetPattern(CharacterSet.Of('\r')), new SetPattern(CharacterSet.Of('\n'))]);
            return new AlternationPattern([both, new SetPattern(CharacterSet.Of("\n\r\u0085\u0085\u2028\u2029"))]);
        }
        if (PredefinedClass() is { } set) return new SetPattern(set);
        CharacterEscape(out char character);
        return new SetPattern(Cased(CharacterSet.Of(character)));
    }

    /// <summary>As many digits as there are groups so far.</summary>
    private int ParseGroupNumber()
    {
        int number = _text[_position++] - '0';
        while (!AtEnd && char.IsAsciiDigit(Current) && number * 10 + (Current - '0') <= _groups) number = number * 10
            + (_text[_position++] - '0');
        return number;
    }

    /// <summary>Java's classes are of ASCII unless their name says otherwise.</summary>
    private CharacterSet? PredefinedClass()
    {
        char c = Current;
        CharacterSet? set = char.ToLowerInvariant(c) switch
        {
            'd' => CharacterSet.Range('0', '9'),
            'w' => CharacterSet.Of("azAZ__09"),
            's' => CharacterSet.Of("  \t\r"),
            'h' => CharacterSet.Of("  \t\t\u00A0\u00A0\u1680\u1680\u180e\u180e\u2000\u200a\u202f\u202f\u205f\u205f\u3000\u3000"),
            'v' => CharacterSet.Of("\n\r\u0085\u0085\u2028\u2029"),
            'p' => null,
            _ => CharacterSet.Empty,
        };
        if (set is { IsEmpty: true }) return null;
        _position++;
        set ??= UnicodeClasses.Find(PropertyName()) ?? throw new PatternFault("there is no such property of characters", _position);
        return char.IsUpper(c) ? set.Complement() : set;
    }

    private string PropertyName()
    {
        if (AtEnd) throw new PatternFault("a property of characters is needed", _position);
        if (!Take('{')) return _text[_position++].ToString();
        int closing = _text.IndexOf('}', _position);
        if (closing < 0) throw new PatternFault("a closing bracket is missing", _position);
        string name = _text[_position..closing];
        _position = closing + 1;
        return name;
    }

    private CharacterSet? CharacterEscape(out char character)
    {
        char c = _text[_position++];
        character = c switch
        {
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'f' => '\f',
            'a' => '\a',
            'e' => '\u001B',
            'x' => Take('{') ? Hexadecimal(_text.IndexOf('}', _position) - _position, closing: 1) : Hexadecimal(2, closing: 0),
            'u' => Hexadecimal(4, closing: 0),
            '0' => Octal(),
            'c' when !AtEnd => (char)(_text[_position++] ^ 64),
            _ when char.IsAsciiLetterOrDigit(c) => throw new PatternFault($"\\{c} means nothing", _position - 2),
            _ => c,
        };
        return null;
    }

    private char Hexadecimal(int length, int closing)
    {
        string digits = length > 0 && _position + length <= _text.Length ? _text.Substring(_position, length) : "";
        if (!ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
            throw new PatternFault("a character is given by hexadecimal digits, up to FFFF", _position);
        _position += length + closing;
        return (char)code;
    }

    private char Octal()
    {
        int code = 0, start = _position;
        while (!AtEnd && Current is >= '0' and <= '7' && _position < start + 3 && code * 8 + (Current - '0') <= 255)
            code = code * 8 + (_text[_position++] - '0');
        return _position > start ? (char)code : throw new PatternFault("\\0 is followed by octal digits", start);
    }
}
