namespace Muster.Pql.Json;

/// <summary>Functions whose second argument is evaluated for each element: a lambda over <c>this</c> in the JSON form.</summary>
internal static class ElementwiseFunctions
{
    private static readonly HashSet<string> Names =
        new(["map", "exists", "forall", "sum", "average", "min", "max", "topN", "bottomN", "groupBy"], StringComparer.Ordinal);

    public static bool IsElementwise(string function, int argument) => argument == 1 && Names.Contains(function);
}
