using System.Text;
using System.Text.RegularExpressions;
using Muster.Pql.Binding;

namespace Muster.Engine.Values;

/// <summary>A string test whose argument is known: compiled once, asked for many strings. Thread-safe.</summary>
internal sealed class TextPattern
{
    // A pattern from a user must not stop an evaluation: after so long it does not match.
    private static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(250);

    private readonly StringTest _test;
    private readonly string _argument;
    private readonly StringComparison _comparison;
    private readonly Regex? _expression;

    public TextPattern(StringTest test, string argument, bool ignoreCase)
    {
        _test = test;
        _argument = argument;
        _comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (test == StringTest.Like) _expression = Compile(LikeExpression(argument), ignoreCase);
        else if (test == StringTest.Matches) _expression = Compile(JavaRegex.Translate(argument), ignoreCase);
        IsInvalid = test >= StringTest.Like && _expression is null;
    }

    /// <summary>True for a regular expression that cannot be read: every test is false, the negated one too.</summary>
    public bool IsInvalid { get; }

    public bool Matches(string text) => _test switch
    {
        StringTest.StartsWith => text.StartsWith(_argument, _comparison),
        StringTest.EndsWith => text.EndsWith(_argument, _comparison),
        StringTest.Contains => text.Contains(_argument, _comparison),
        _ => IsMatch(text),
    };

    /// <summary>The text of a group of the first match; null without a match, a group or a readable pattern.</summary>
    public string? Group(string text, long group)
    {
        if (_expression is null || group is < 0 or > int.MaxValue) return null;
        try
        {
            Group found = _expression.Match(text).Groups[(int)group];
            return found.Success ? found.Value : null;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    private bool IsMatch(string text)
    {
        try
        {
            return _expression is not null && _expression.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static Regex? Compile(string pattern, bool ignoreCase)
    {
        try
        {
            RegexOptions options = RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
            return new Regex(pattern, options, MatchLimit);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static string LikeExpression(string pattern)
    {
        var expression = new StringBuilder(@"(?s)\A");
        for (int i = 0; i < pattern.Length; i++)
        {
            char character = pattern[i];
            if (character == '\\' && i + 1 < pattern.Length && pattern[i + 1] is ('%' or '_' or '\\')) expression.Append(Regex.Escape(pattern[++i].ToString()));
            else if (character == '%') expression.Append(".*");
            else if (character == '_') expression.Append('.');
            else expression.Append(Regex.Escape(character.ToString()));
        }
        return expression.Append(@"\z").ToString();
    }
}
