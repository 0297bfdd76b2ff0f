namespace Muster.Pql.Functions;

/// <summary>Every function of the language in one table: the binder, the documentation and tools read it.</summary>
public static class FunctionCatalogue
{
    private const int Many = int.MaxValue;

    /// <summary>All functions by name.</summary>
    public static IReadOnlyDictionary<string, FunctionDefinition> All { get; } =
        Lowered().Concat(ScalarFunctions.All()).ToDictionary(f => f.Name, StringComparer.Ordinal);

    private static IEnumerable<FunctionDefinition> Lowered() =>
    [
        new("and", "Boolean.and(Boolean, ...) -> Boolean", 1, Many, "false", "The operator and as a function."),
        new("or", "Boolean.or(Boolean, ...) -> Boolean", 1, Many, "false", "The operator or as a function."),
        new("not", "not(Boolean) -> Boolean", 1, 1, "true", "The operator not as a function."),
        new("if", "if(Boolean, T, T) -> T", 3, 3, "the third", "The second argument if the first is true, else the third."),
        new("date", "date(Integer, Integer, Integer) -> Date", 3, 3, "null", "A day, from year, month and day."),
        new("in", "T.in(Array<T>) -> Boolean", 2, 2, "false", "Whether the value is in the list."),
        new("notIn", "T.notIn(Array<T>) -> Boolean", 2, 2, "false", "Whether the value is present and not in the list."),
        new("like", "String.like(String) -> Boolean", 2, 2, "false", "Whether the text fits a pattern with % for any run and _ for one character."),
        new("matches", "String.matches(String) -> Boolean", 2, 2, "false", "Whether a regular expression is found in the text."),
        new("startsWith", "String.startsWith(String [, caseSensitive]) -> Boolean", 2, 3, "false", "Whether the text begins with another."),
        new("doesNotStartWith", "String.doesNotStartWith(String [, caseSensitive]) -> Boolean", 2, 3, "false", "Whether the text is present and begins otherwise."),
        new("endsWith", "String.endsWith(String [, caseSensitive]) -> Boolean", 2, 3, "false", "Whether the text ends with another."),
        new("doesNotEndWith", "String.doesNotEndWith(String [, caseSensitive]) -> Boolean", 2, 3, "false", "Whether the text is present and ends otherwise."),
        new("contains", "String.contains(String [, caseSensitive]) -> Boolean", 2, 3, "false", "Whether the text holds another."),
        new("doesNotContain", "String.doesNotContain(String [, caseSensitive]) -> Boolean", 2, 3, "false", "Whether the text is present and does not hold another."),
        new("equals", "T.equals(T, ... [, caseSensitive]) -> Boolean", 2, Many, "false", "Whether the value is equal to any of the arguments."),
        new("notEqualTo", "T.notEqualTo(T, ... [, caseSensitive]) -> Boolean", 2, Many, "false", "Whether the value is present and equal to none of the arguments."),
        new("stringCompare", "stringCompare(test, String, String [, caseSensitive]) -> Boolean", 3, 4, "false", "The test of strings that the first argument names."),
        new("includes", "Array<T>.includes(T) -> Boolean", 2, 2, "false", "Whether the array has the member."),
        new("intersects", "Array<T>.intersects(Array<T>) -> Boolean", 2, 2, "false", "Whether the arrays have a common member."),
        new("intersection", "Array<T>.intersection(Array<T>) -> Array<T>", 2, 2, "empty", "The common members, in the receiver's order."),
        new("subsetOf", "Array<T>.subsetOf(Array<T>) -> Boolean", 2, 2, "false", "Whether every member is in the other array."),
        new("supersetOf", "Array<T>.supersetOf(Array<T>) -> Boolean", 2, 2, "false", "Whether every member of the other array is in this one."),
        new("distinct", "Array<T>.distinct() -> Array<T>", 1, 1, "empty", "The array without repetitions; first occurrences stay."),
        new("filter", "Array<T>.filter(condition) -> Array<T>", 2, 2, "empty", "The elements that satisfy the condition; the same as brackets."),
        new("map", "Array<T>.map(expression) -> Array<U>", 2, 2, "empty", "The expression's value for every element."),
        new("groupBy", "Array<T>.groupBy(expression) -> groups", 2, 2, "empty", "The elements grouped by the expression's value."),
        new("mapEntry", "mapEntry(String, T)", 2, 2, "dropped", "A key with its value; only in the map over groups."),
        new("topN", "Array<T>.topN(expression, Integer) -> Array<T>", 3, 3, "empty", "The first n elements, ordered by the expression descending."),
        new("bottomN", "Array<T>.bottomN(expression, Integer) -> Array<T>", 3, 3, "empty", "The first n elements, ordered by the expression ascending."),
        new("head", "Array<T>.head() -> T", 1, 1, "null", "The first element."),
        new("exists", "Array<T>.exists([condition]) -> Boolean", 1, 2, "false", "Whether some element satisfies the condition."),
        new("forall", "Array<T>.forall(condition) -> Boolean", 2, 2, "true", "Whether every element satisfies the condition."),
        new("count", "Array<T>.count() -> Integer", 1, 1, "0", "The number of elements that are not null."),
        new("countWithNull", "Array<T>.countWithNull() -> Integer", 1, 1, "0", "The number of elements."),
        new("countOnlyNull", "Array<T>.countOnlyNull() -> Integer", 1, 1, "0", "The number of elements that are null."),
        new("distinctCountWithNull", "Array<T>.distinctCountWithNull() -> Integer", 1, 1, "0", "The number of different elements; null counts as one."),
        new("sum", "Array<T>.sum([expression]) -> number", 1, 2, "0", "The sum."),
        new("average", "Array<T>.average([expression]) -> Double", 1, 2, "null", "The mean."),
        new("min", "Array<T>.min([expression]) -> value", 1, 2, "null", "The least value."),
        new("max", "Array<T>.max([expression]) -> value", 1, 2, "null", "The greatest value."),
        new("get", "Map<String, T>.get(String) -> T", 2, 2, "null", "The value under a key; of an object the field of that name."),
        new("keys", "Map<String, T>.keys() -> Array<String>", 1, 1, "empty", "The keys."),
        new("values", "Map<String, T>.values() -> Array<T>", 1, 1, "empty", "The values."),
        new("isNull", "any.isNull() -> Boolean", 1, 1, "true", "Whether there is no value."),
        new("isNotNull", "any.isNotNull() -> Boolean", 1, 1, "false", "Whether there is a value."),
        new("isEmpty", "String, Array or Map.isEmpty() -> Boolean", 1, 1, "true", "Whether there is no value or nothing in it."),
        new("isNotEmpty", "String, Array or Map.isNotEmpty() -> Boolean", 1, 1, "false", "Whether there is something in it."),
        new("inSegment", "inSegment(id) -> Boolean", 1, 1, "-", "Whether the profile is a member of the segment."),
    ];
}
