namespace Muster.Pql.Functions;

/// <summary>Every function of the language in one table: the binder, the documentation and tools read it.</summary>
public static class FunctionCatalogue
{
    /// <summary>A number of arguments without an upper limit.</summary>
    internal const int Many = int.MaxValue;

    private static readonly (string Group, IEnumerable<FunctionDefinition> Functions)[] Tables =
    [
        ("logic", LogicFunctions.All()), ("strings", StringTests.All()), ("texts", TextFunctions.All()), ("arrays", ArrayFunctions.All()),
        ("maps", MapFunctions.All()), ("dates", DateFunctions.All()), ("numbers", NumberFunctions.All()),
    ];

    /// <summary>The groups in the order of the documentation.</summary>
    public static IReadOnlyList<string> Groups { get; } = Tables.Select(table => table.Group).ToArray();

    /// <summary>All functions by name.</summary>
    public static IReadOnlyDictionary<string, FunctionDefinition> All { get; } = Tables
        .SelectMany(table => table.Functions.Select(function => function with { Group = table.Group }))
        .ToDictionary(function => function.Name, StringComparer.Ordinal);

    /// <summary>Functions that other dialects have and this one has not, with the reason.</summary>
    public static IReadOnlyDictionary<string, string> Withheld { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["random"] = "a query gives the same answer whenever it is asked",
        ["coalesce"] = "write a ?: b, or if(a.isNotNull(), a, b)",
        ["modelInstances"] = "it belongs to pql/json, where only events and the profile are known",
    };
}
