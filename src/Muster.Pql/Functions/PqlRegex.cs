using System.Text;
using System.Text.RegularExpressions;
using Muster.Pql.Patterns;

namespace Muster.Pql.Functions;

/// <summary>
/// Regular expressions of <c>matches</c>, <c>regexGroup</c> and <c>replaceAll</c>: Java's syntax, searched anywhere in the text. A pattern
/// that
/// an automaton can find takes time linear in the text. Others - look-around, back-references, atomic groups, possessive repetition - are
/// tried step by step, with a number of steps that depends on the text's length only; a search that needs more finds nothing. Thread-safe.
/// </summary>
public sealed class PqlRegex
{
    // With all repetitions written out.
    private const long SizeLimit = 20_000;
    private const int LengthLimit = 20_000;

    private readonly PatternProgram _program;
    private readonly Regex? _automaton;

    private PqlRegex(ParsedPattern pattern)
    {
        _program = PatternProgram.Of(pattern);
        IsLinear = PatternMeasure.IsRegular(pattern.Root);
        if (!IsLinear) return;
        try
        {
            _automaton = new Regex(LinearPattern.Write(pattern.Root), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            // Too large for it: ours is slower, and linear as well.
        }
    }

    /// <summary>True if any search takes time linear in the text; false if steps are counted.</summary>
    public bool IsLinear { get; }

    /// <summary>Reads a pattern; says why if it is none, or too large.</summary>
    public static bool TryCreate(string javaPattern, bool ignoreCase, out PqlRegex? regex, out string? error)
    {
        regex = null;
        if (javaPattern.Length > LengthLimit)
        {
            error = $"it is longer than {LengthLimit} characters.";
            return false;
        }
        if (PatternParser.Parse(ignoreCase ? "(?i)" + javaPattern : javaPattern, out error) is not { } parsed) return false;
        if (PatternMeasure.Size(parsed.Root) > SizeLimit)
        {
            error = "it is too large with its repetitions written out.";
            return false;
        }
        regex = new PqlRegex(parsed);
        return true;
    }

    /// <summary>Whether the pattern is found in the text.</summary>
    public bool IsMatch(string text) => _automaton is not null ? _automaton.IsMatch(text) : Find(text, 0) is not null;

    /// <summary>The text of a group (0 is all) of the first match; null without a match or if the group took no part.</summary>
    public string? Group(string text, long group) => group >= 0 && group <= _program.Groups && Find(text, 0) is { } match
        ? Text(text, match, (int)group) : null;

    /// <summary>The text with every match replaced; <c>$n</c> in the replacement is a group, a backslash takes the next character as it
    /// is.</summary>
    public string Replace(string text, string replacement)
    {
        StringBuilder result = new();
        int done = 0;
        for (int from = 0; from <= text.Length && Find(text, from) is { } match;)
        {
            result.Append(text, done, match[0] - done);
            AppendReplacement(result, replacement, text, match);
            done = match[1];
            from = match[1] > match[0] ? match[1] : match[1] + 1;
        }
        return result.Append(text, done, text.Length - done).ToString();
    }

    private void AppendReplacement(StringBuilder result, string replacement, string text, int[] match)
    {
        for (int i = 0; i < replacement.Length; i++)
        {
            char c = replacement[i];
            if (c == '\\' && i + 1 < replacement.Length) result.Append(replacement[++i]);
            else if (c == '$' && i + 1 < replacement.Length && char.IsAsciiDigit(replacement[i + 1])
                && replacement[i + 1] - '0' <= _program.Groups)
                result.Append(Text(text, match, replacement[++i] - '0'));
            else result.Append(c);
        }
    }

    private static string? Text(string text, int[] match, int group) =>
        match[2 * group] >= 0 && match[2 * group + 1] >= match[2 * group] ? text[match[2 * group]..match[2 * group + 1]] : null;

    /// <summary>Starts and ends of the groups of the first match from a position on.</summary>
    private int[]? Find(string text, int from) =>
        IsLinear ? new AutomatonMatcher(_program, text).Find(from) : new BacktrackingMatcher(_program, text).Find(from);
}
