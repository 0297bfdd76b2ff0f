using Muster.Pql.Types;

namespace Muster.Pql.Functions;

/// <summary>Functions of arrays. An array that is null counts as empty.</summary>
internal static class ArrayFunctions
{
    public static IEnumerable<FunctionDefinition> All() =>
    [
        new FunctionDefinition("includes", "Array<T>.includes(T) -> Boolean", 2, 2, "false", "Whether the array has the member.")
            .Shown("_pet.toys.includes(\"ball\") → true"),
        new FunctionDefinition("intersects", "Array<T>.intersects(Array<T>) -> Boolean", 2, 2, "false",
            "Whether the arrays have a common member.")
            .Shown("_pet.toys.intersects([\"rope\", \"mouse\"]) → true"),
        new FunctionDefinition("intersection", "Array<T>.intersection(Array<T>) -> Array<T>", 2, 2, "empty",
            "The common members, each once, in the receiver's order.")
            .Shown("_pet.toys.intersection([\"mouse\", \"ball\"]) → [\"ball\",\"mouse\"]"),
        new FunctionDefinition("subsetOf", "Array<T>.subsetOf(Array<T>) -> Boolean", 2, 2, "false",
            "Whether every member is in the other array.")
            .Shown("_pet.toys.subsetOf([\"ball\", \"mouse\", \"rope\"]) → true"),
        new FunctionDefinition("supersetOf", "Array<T>.supersetOf(Array<T>) -> Boolean", 2, 2, "false",
            "Whether every member of the other array is in this one.")
            .Shown("_pet.toys.supersetOf([\"ball\"]) → true"),
        new FunctionDefinition("distinct", "Array<T>.distinct() -> Array<T>", 1, 1, "empty",
            "The array without repetitions; first occurrences stay.")
            .Shown("_pet.toys.distinct() → [\"ball\",\"mouse\"]"),
        new FunctionDefinition("filter", "Array<T>.filter(condition) -> Array<T>", 2, 2, "empty",
            "The elements that satisfy the condition; the same as brackets.")
            .Shown("_pet.visits.filter(cost > 50).map(reason) → [\"tooth\"]", "_pet.toys[this = \"mouse\"] → [\"mouse\"]"),
        new FunctionDefinition("map", "Array<T>.map(expression) -> Array<U>", 2, 2, "empty",
            "The expression's value for every element; over groups an array, or a map of entries.")
            .Shown("_pet.visits.map(cost * 2) → [80,150,null]",
                "_pet.visits.map({\"why\": reason}) → [{\"why\":\"flea\"},{\"why\":\"tooth\"},{\"why\":\"flea\"}]"),
        new FunctionDefinition("groupBy", "Array<T>.groupBy(expression) -> groups", 2, 2, "empty",
            "The elements grouped by the expression's value, in the order of first appearance; those without one are left out.")
            .Shown("_pet.visits.groupBy(reason).map((R, V) => mapEntry(R, V.count())) → {\"flea\":2,\"tooth\":1}",
                "_pet.visits.groupBy(reason).count() → 2"),
        new FunctionDefinition("mapEntry", "mapEntry(String, T)", 2, 2, "dropped", "A key with its value; only in the map over groups.")
            .Shown("_pet.visits.groupBy(reason).map((R, V) => mapEntry(R, V.sum(cost))) → {\"flea\":40,\"tooth\":75}"),
        new FunctionDefinition("topN", "Array<T>.topN(expression, Integer) -> Array<T>", 3, 3, "empty",
            "The first n elements, ordered by the expression descending; those without a value come last.")
            .Shown("_pet.visits.topN(cost, 1).map(reason) → [\"tooth\"]"),
        new FunctionDefinition("bottomN", "Array<T>.bottomN(expression, Integer) -> Array<T>", 3, 3, "empty",
            "The first n elements, ordered by the expression ascending; those without a value come last.")
            .Shown("_pet.visits.bottomN(cost, 2).map(cost) → [40,75]"),
        new FunctionDefinition("head", "Array<T>.head() -> T", 1, 1, "null", "The first element.").Shown("_pet.toys.head() → \"ball\""),
        new FunctionDefinition("exists", "Array<T>.exists([condition]) -> Boolean", 1, 2, "false",
            "Whether some element satisfies the condition.")
            .Shown("_pet.visits.exists(cost > 50) → true", "_pet.toys.exists() → true"),
        new FunctionDefinition("forall", "Array<T>.forall(condition) -> Boolean", 2, 2, "true",
            "Whether every element satisfies the condition; true of no element.")
            .Shown("_pet.visits.forall(cost < 50) → false"),
        new FunctionDefinition("count", "Array<T>.count() -> Integer", 1, 1, "0", "The number of elements that are not null.")
            .Shown("_pet.toys.count() → 3", "_pet.visits.map(cost).count() → 2"),
        new FunctionDefinition("countWithNull", "Array<T>.countWithNull() -> Integer", 1, 1, "0", "The number of elements.")
            .Shown("_pet.visits.map(cost).countWithNull() → 3"),
        new FunctionDefinition("countOnlyNull", "Array<T>.countOnlyNull() -> Integer", 1, 1, "0", "The number of elements that are null.")
            .Shown("_pet.visits.map(cost).countOnlyNull() → 1"),
        new FunctionDefinition("distinctCountWithNull", "Array<T>.distinctCountWithNull() -> Integer", 1, 1, "0",
            "The number of different elements; null counts as one.")
            .Shown("_pet.visits.map(cost).distinctCountWithNull() → 3", "_pet.toys.distinctCountWithNull() → 2"),
        new FunctionDefinition("sum", "Array<T>.sum([expression]) -> number", 1, 2, "0", "The sum; nulls are passed over.")
            .Shown("_pet.visits.sum(cost) → 115", "[1.5, 2].sum() → 3.5"),
        new FunctionDefinition("average", "Array<T>.average([expression]) -> Double", 1, 2, "null",
            "The mean; nulls are passed over, of nothing null.")
            .Shown("_pet.visits.average(cost) → 57.5"),
        new FunctionDefinition("min", "Array<T>.min([expression]) -> value", 1, 2, "null", "The least number, time or text.")
            .Shown("_pet.visits.min(cost) → 40"),
        new FunctionDefinition("max", "Array<T>.max([expression]) -> value", 1, 2, "null", "The greatest number, time or text.")
            .Shown("_pet.visits.max(at) → \"2031-05-08T08:00:00.000Z\"", "_pet.toys.max() → \"mouse\""),
        new FunctionDefinition("join", "Array<String>.join(separator) -> String", 2, 2, "null",
            "The elements that are not null, in one text.")
            { Scalar = new ScalarFunction([DataType.ArrayOf(DataType.String), DataType.String], DataType.String) }
            .Shown("_pet.toys.join(\"+\") → \"ball+mouse+ball\""),
    ];
}
