using System.Text.RegularExpressions;
using Muster.Pql.Types;

namespace Muster.Pql.Functions;

/// <summary>The functions from scalars to a scalar, with their computation.</summary>
internal static class ScalarFunctions
{
    public static IEnumerable<FunctionDefinition> All() =>
    [
        Define("regexGroup", "String.regexGroup(regex, Integer) -> String", "A group of the first match of a regular expression.",
            [DataType.String, DataType.String, DataType.Integer], DataType.String, (a, _) => RegexGroup((string)a[0], (string)a[1], (long)a[2])),
        Define("join", "Array<String>.join(separator) -> String", "The elements that are not null, in one text.",
            [DataType.ArrayOf(DataType.String), DataType.String], DataType.String,
            (a, _) => string.Join((string)a[1], ((IReadOnlyList<object?>)a[0]).Where(e => e is not null))),
        OfNow("currentYear", "The year of the run's instant, UTC.", t => t.Year),
        OfNow("currentMonth", "The month (1 to 12) of the run's instant, UTC.", t => t.Month),
        OfNow("currentDayOfMonth", "The day of the month of the run's instant, UTC.", t => t.Day),
        OfTimestamp("getYear", "The year, UTC.", t => t.Year),
        OfTimestamp("getMonth", "The month (1 to 12), UTC.", t => t.Month),
        OfTimestamp("getDayOfMonth", "The day of the month, UTC.", t => t.Day),
    ];

    private static FunctionDefinition Define(
        string name, string signature, string summary, IReadOnlyList<DataType> parameters, DataType result, Func<IReadOnlyList<object>, long, object?> evaluate) =>
        new(name, signature, parameters.Count, parameters.Count, "null", summary) { Scalar = new ScalarFunction(parameters, result, evaluate) };

    private static FunctionDefinition OfNow(string name, string summary, Func<DateTimeOffset, int> part) =>
        new(name, name + "() -> Integer", 0, 0, "-", summary)
        {
            Scalar = new ScalarFunction([], DataType.Integer, (_, now) => Part(now, part)) { DependsOnNow = true },
        };

    private static FunctionDefinition OfTimestamp(string name, string summary, Func<DateTimeOffset, int> part) =>
        Define(name, $"Timestamp.{name}() -> Integer", summary, [DataType.Timestamp], DataType.Integer, (a, _) => Part((long)a[0], part));

    /// <summary>A part of an instant; null beyond the years 1 to 9999.</summary>
    private static object? Part(long milliseconds, Func<DateTimeOffset, int> part) => milliseconds is < -62_135_596_800_000 or > 253_402_300_799_999
        ? null
        : (long)part(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));

    private static string? RegexGroup(string text, string pattern, long group)
    {
        if (group is < 0 or > int.MaxValue || !PqlRegex.TryCreate(pattern, out Regex? regex, out _)) return null;
        try
        {
            Match match = regex!.Match(text);
            return match.Success && match.Groups[(int)group] is { Success: true } found ? found.Value : null;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }
}
