namespace Muster.Engine.Functions;

/// <summary>A function of values that are not null.</summary>
/// <param name="arguments">In the types that the catalogue gives.</param>
/// <param name="now">The run's instant.</param>
internal delegate object? ScalarImplementation(IReadOnlyList<object> arguments, long now);

/// <summary>
/// The functions that have no node of their own in a bound query. A null argument makes the result null or, of a test, false.
/// </summary>
internal static class ScalarFunctions
{
    private static readonly Dictionary<string, ScalarImplementation> Table = new[] { TextFunctions.All, UrlFunctions.All,
        TimeFunctions.All, NumberFunctions.All }
        .SelectMany(table => table).ToDictionary(StringComparer.Ordinal);

    private static readonly HashSet<string> Tests = ["equalsIgnoreCase", "equalsAnyIgnoreCase", "notEqualWithIgnoreCase", "dateBetween"];

    /// <summary>The names of all functions that can be called here.</summary>
    public static IEnumerable<string> Names => Table.Keys;

    public static object? Call(string name, IReadOnlyList<object?> arguments, long now)
    {
        var given = new object[arguments.Count];
        for (int i = 0; i < given.Length; i++)
        {
            if (arguments[i] is not { } argument) return Tests.Contains(name) ? false : null;
            given[i] = argument;
        }
        return Table.TryGetValue(name, out ScalarImplementation? function)
            ? function(given, now)
            : throw new NotSupportedException($"The function '{name}' has no implementation.");
    }
}
