using Muster.Pql.Binding;
using Muster.Pql.Functions;

namespace Muster.Engine.Values;

/// <summary>A string test whose argument is known: compiled once, asked for many strings. Thread-safe.</summary>
internal sealed class TextPattern
{
    private readonly StringTest _test;
    private readonly string _argument;
    private readonly bool _ignoreCase;
    private readonly StringComparison _comparison;
    private readonly PqlRegex? _expression;

    public TextPattern(StringTest test, string argument, bool ignoreCase)
    {
        _test = test;
        _argument = argument;
        _ignoreCase = ignoreCase;
        _comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (test == StringTest.Matches) IsInvalid = !PqlRegex.TryCreate(argument, ignoreCase, out _expression, out _);
    }

    /// <summary>True for a regular expression that cannot be read: every test is false, the negated one too.</summary>
    public bool IsInvalid { get; }

    public bool Matches(string text) => _test switch
    {
        StringTest.StartsWith => text.StartsWith(_argument, _comparison),
        StringTest.EndsWith => text.EndsWith(_argument, _comparison),
        StringTest.Contains => text.Contains(_argument, _comparison),
        StringTest.Like => LikePattern.IsMatch(text, _argument, _ignoreCase),
        _ => _expression?.IsMatch(text) == true,
    };
}
