namespace Muster.Pql.Functions;

/// <summary>Functions of maps, and of objects as if they were.</summary>
internal static class MapFunctions
{
    public static IEnumerable<FunctionDefinition> All() =>
    [
        new FunctionDefinition("get", "Map<String, T>.get(String) -> T", 2, 2, "null",
            "The value under a key; of an object the field of that name.")
            .Shown("_pet.vaccines.get(\"rabies\").date → \"2030-06-01\"", "_pet.vaccines.get(\"plague\").date → null",
                "_pet.get(\"kind\") → \"cat\""),
        new FunctionDefinition("keys", "Map<String, T>.keys() -> Array<String>", 1, 1, "empty", "The keys.")
            .Shown("_pet.vaccines.keys() → [\"rabies\",\"flu\"]"),
        new FunctionDefinition("values", "Map<String, T>.values() -> Array<T>", 1, 1, "empty", "The values.")
            .Shown("_pet.vaccines.values().map(date).max() → \"2031-01-15\""),
    ];
}
