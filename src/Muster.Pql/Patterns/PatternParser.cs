using System.Globalization;

namespace Muster.Pql.Patterns;

/// <summary>
/// Reads Java's regular expressions: the first fault ends the reading. Characters are UTF-16 code units. This file: alternation, groups and
/// repetition.
/// </summary>
internal sealed partial class PatternParser
{
    // Later stages recurse over the tree.
    private const int DepthLimit = 100;

    private readonly string _text;
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private int _position;
    private int _groups;
    private int _depth;
    private Flags _flags;

    private PatternParser(string text) => _text = text;

    [Flags]
    private enum Flags
    {
        None = 0,
        IgnoreCase = 1,
        Lines = 2,
        DotAll = 4,
        Comments = 8,
        UnixLines = 16,
    }

    private bool AtEnd => _position >= _text.Length;

    private char Current => _text[_position];

    /// <summary>The pattern, or why it is none.</summary>
    public static ParsedPattern? Parse(string text, out string? error)
    {
        PatternParser parser = new(text);
        error = null;
        try
        {
            PatternNode root = parser.ParseAlternation();
            if (!parser.AtEnd) throw new PatternFault("a closing bracket without its opening one", parser._position);
            parser.CheckReferences(root);
            return new ParsedPattern(root, parser._groups);
        }
        catch (PatternFault fault)
        {
            error = fault.Message;
            return null;
        }
    }

    private void CheckReferences(PatternNode node)
    {
        if (node is BackReferencePattern reference && reference.Group > _groups)
            throw new PatternFault($"there is no group {reference.Group}", 0);
        if (node is LookPattern { IsBehind: true } look && PatternMeasure.MaximumLength(look.Body) is null)
            throw new PatternFault("what is looked for behind has no limit of length", 0);
        foreach (PatternNode child in node.Children) CheckReferences(child);
    }

    private PatternNode ParseAlternation()
    {
        if (++_depth > DepthLimit) throw new PatternFault("it is nested too deeply", _position);
        Flags outer = _flags;
        List<PatternNode> choices = [ParseSequence()];
        while (Take('|')) choices.Add(ParseSequence());
        _flags = outer;
        _depth--;
        return choices.Count == 1 ? choices[0] : new AlternationPattern(choices);
    }

    private SequencePattern ParseSequence()
    {
        List<PatternNode> parts = [];
        while (true)
        {
            SkipComments();
            if (AtEnd || Current is '|' or ')') return new SequencePattern(parts);
            int start = _position;
            if (ParseAtoms(parts)) parts[^1] = ParseRepetitions(parts[^1]);
            else if (!AtEnd && Current is '*' or '+' or '?') throw new PatternFault("there is nothing to repeat", _position);
            if (_position == start) throw new PatternFault("this cannot be read", _position);
        }
    }

    private void SkipComments()
    {
        while (_flags.HasFlag(Flags.Comments) && !AtEnd)
        {
            if (char.IsWhiteSpace(Current)) _position++;
            else if (Current == '#')
                while (!AtEnd && Current != '\n') _position++;
            else return;
        }
    }

    private bool Take(char character)
    {
        if (AtEnd || Current != character) return false;
        _position++;
        return true;
    }

    /// <summary>Adds one part or, for a quoted run, several; false for what is no part, such as flags.</summary>
    private bool ParseAtoms(List<PatternNode> parts)
    {
        char c = _text[_position++];
        switch (c)
        {
            case '(':
                if (ParseGroup() is not { } group) return false;
                parts.Add(group);
                return true;
            case '[': parts.Add(new SetPattern(ParseClass())); return true;
            case '.': parts.Add(new SetPattern(Dot())); return true;
            case '^': parts.Add(new AnchorPattern(_flags.HasFlag(Flags.Lines) ? Anchor.LineStart : Anchor.TextStart)); return true;
            case '$': parts.Add(new AnchorPattern(_flags.HasFlag(Flags.Lines) ? Anchor.LineEnd : Anchor.LastLineEnd)); return true;
            case '\\' when !AtEnd && Current == 'Q':
                int before = parts.Count;
                parts.AddRange(ParseQuoted().Select(quoted => new SetPattern(Cased(CharacterSet.Of(quoted)))));
                return parts.Count > before;
            case '\\': parts.Add(ParseEscape()); return true;
            case '*' or '+' or '?': throw new PatternFault("there is nothing to repeat", _position - 1);
            default: parts.Add(new SetPattern(Cased(CharacterSet.Of(c)))); return true;
        }
    }

    private CharacterSet Dot()
    {
        if (_flags.HasFlag(Flags.DotAll)) return CharacterSet.Everything;
        return (_flags.HasFlag(Flags.UnixLines) ? CharacterSet.Of('\n') : LineEnds()).Complement();
    }

    private CharacterSet Cased(CharacterSet set) => _flags.HasFlag(Flags.IgnoreCase) ? set.WithBothCases() : set;

    private PatternNode ParseRepetitions(PatternNode atom)
    {
        SkipComments();
        if (AtEnd) return atom;
        (int Minimum, int? Maximum)? counts = Current switch
        {
            '*' => (0, null),
            '+' => (1, null),
            '?' => (0, 1),
            _ => null,
        };
        if (counts is not null) _position++;
        else if (Current != '{' || (counts = ParseCounts()) is null) return atom;
        RepeatMode mode = Take('?') ? RepeatMode.Lazy : Take('+') ? RepeatMode.Possessive : RepeatMode.Greedy;
        if (!AtEnd && Current is '*' or '+' or '?') throw new PatternFault("a repetition cannot be repeated", _position);
        return new RepeatPattern(atom, counts.Value.Minimum, counts.Value.Maximum, mode);
    }

    /// <summary><c>{n}</c>, <c>{n,}</c> or <c>{n,m}</c>; anything else is a bracket like any character.</summary>
    private (int Minimum, int? Maximum)? ParseCounts()
    {
        int closing = _text.IndexOf('}', _position);
        if (closing < 0) return null;
        string[] parts = _text[(_position + 1)..closing].Split(',');
        if (parts.Length > 2 || !TryNumber(parts[0], out int minimum)) return null;
        int? maximum = minimum;
        if (parts.Length == 2)
        {
            maximum = null;
            if (parts[1].Length > 0)
            {
                if (!TryNumber(parts[1], out int most)) return null;
                maximum = most;
            }
        }
        if (maximum < minimum) throw new PatternFault("the second number of a repetition is less than the first", _position);
        _position = closing + 1;
        return (minimum, maximum);
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>After an opening bracket; null for flags, which hold from here to the end of the group around them.</summary>
    private PatternNode? ParseGroup()
    {
        if (!Take('?')) return Capture(null);
        if (Take(':')) return Closed(ParseAlternation());
        if (Take('>')) return new AtomicPattern(Closed(ParseAlternation()));
        if (Take('=')) return new LookPattern(Closed(ParseAlternation()), IsBehind: false, IsNegative: false);
        if (Take('!')) return new LookPattern(Closed(ParseAlternation()), IsBehind: false, IsNegative: true);
        if (!Take('<')) return ParseFlags();
        if (Take('=')) return new LookPattern(Closed(ParseAlternation()), IsBehind: true, IsNegative: false);
        if (Take('!')) return new LookPattern(Closed(ParseAlternation()), IsBehind: true, IsNegative: true);
        return Capture(ParseName('>'));
    }

    private GroupPattern Capture(string? name)
    {
        int number = ++_groups;
        if (name is not null && !_names.TryAdd(name, number)) throw new PatternFault($"there are two groups '{name}'", _position);
        return new GroupPattern(Closed(ParseAlternation()), number);
    }

    private PatternNode Closed(PatternNode body) => Take(')') ? body : throw new PatternFault("a closing bracket is missing", _position);

    private string ParseName(char closing)
    {
        int start = _position;
        while (!AtEnd && char.IsAsciiLetterOrDigit(Current)) _position++;
        string name = _text[start.._position];
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !Take(closing)) throw new PatternFault("a name of a group is needed", start);
        return name;
    }

    private PatternNode? ParseFlags()
    {
        Flags outer = _flags;
        bool isSet = true;
        while (!AtEnd)
        {
            char c = _text[_position++];
            if (c == ')') return null;
            if (c == '-')
            {
                isSet = false;
                continue;
            }
            if (c == ':')
            {
                PatternNode body = Closed(ParseAlternation());
                _flags = outer;
                return body;
            }
            Flags flag = c switch
            {
                'i' => Flags.IgnoreCase,
                'm' => Flags.Lines,
                's' => Flags.DotAll,
                'x' => Flags.Comments,
                'd' => Flags.UnixLines,
                // Letters of all alphabets have case here anyway.
                'u' or 'U' => Flags.None,
                _ => throw new PatternFault($"there is no flag '{c}'", _position - 1),
            };
            _flags = isSet ? _flags | flag : _flags & ~flag;
        }
        throw new PatternFault("a closing bracket is missing", _position);
    }

    /// <summary>Ends the reading; never leaves <see cref="Parse"/>.</summary>
    private sealed class PatternFault(string what, int position) : Exception($"{what} (character {position + 1}).");
}
