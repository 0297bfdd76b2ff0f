using static Muster.Pql.Functions.FunctionCatalogue;

namespace Muster.Pql.Functions;

/// <summary>Operators as functions, conditions, tests of presence and membership.</summary>
internal static class LogicFunctions
{
    public static IEnumerable<FunctionDefinition> All() =>
    [
        new FunctionDefinition("and", "Boolean.and(Boolean, ...) -> Boolean", 1, Many, "false", "The operator and as a function.")
            .Shown("and(_pet.chipped, _pet.age > 2) → true"),
        new FunctionDefinition("or", "Boolean.or(Boolean, ...) -> Boolean", 1, Many, "false", "The operator or as a function.")
            .Shown("or(_pet.age > 20, _pet.kind = \"cat\") → true"),
        new FunctionDefinition("not", "not(Boolean) -> Boolean", 1, 1, "true", "The operator not as a function.")
            .Shown("not(_pet.kind = \"dog\") → true", "not(_pet.nick = \"Tom\") → true"),
        new FunctionDefinition("if", "if(Boolean, T, T) -> T", 3, 3, "the third",
            "The second argument if the first is true, else the third.")
            .Shown("if(_pet.age > 8, \"senior\", \"adult\") → \"senior\""),
        new FunctionDefinition("equals", "T.equals(T, ... [, caseSensitive]) -> Boolean", 2, Many, "false",
            "Whether the value is equal to any of the arguments. A Boolean literal after the values says whether case counts.")
            .Shown("_pet.kind.equals(\"dog\", \"CAT\", false) → true", "_pet.kind.equals(\"CAT\") → false", "_pet.age.equals(9) → true"),
        new FunctionDefinition("notEqualTo", "T.notEqualTo(T, ... [, caseSensitive]) -> Boolean", 2, Many, "false",
            "Whether the value is present and equal to none of the arguments.")
            .Shown("_pet.kind.notEqualTo(\"dog\", \"fish\") → true", "_pet.nick.notEqualTo(\"Tom\") → false"),
        new FunctionDefinition("in", "T.in(Array<T>) -> Boolean", 2, 2, "false",
            "Whether the value is in the list; also written between the two.")
            .Shown("_pet.kind in [\"cat\", \"owl\"] → true", "in(_pet.kind, [\"CAT\"]) → false"),
        new FunctionDefinition("notIn", "T.notIn(Array<T>) -> Boolean", 2, 2, "false",
            "Whether the value is present and not in the list; also written between the two.")
            .Shown("_pet.kind notIn [\"dog\"] → true", "_pet.nick notIn [\"Tom\"] → false"),
        new FunctionDefinition("isNull", "any.isNull() -> Boolean", 1, 1, "true", "Whether there is no value.")
            .Shown("_pet.nick.isNull() → true"),
        new FunctionDefinition("isNotNull", "any.isNotNull() -> Boolean", 1, 1, "false", "Whether there is a value.")
            .Shown("_pet.kind.isNotNull() → true"),
        new FunctionDefinition("isEmpty", "String, Array or Map.isEmpty() -> Boolean", 1, 1, "true",
            "Whether there is no value or nothing in it.")
            .Shown("_pet.nick.isEmpty() → true", "\"\".isEmpty() → true", "_pet.toys.isEmpty() → false"),
        new FunctionDefinition("isNotEmpty", "String, Array or Map.isNotEmpty() -> Boolean", 1, 1, "false",
            "Whether there is something in it.")
            .Shown("_pet.toys.isNotEmpty() → true"),
        new FunctionDefinition("inSegment", "inSegment(id) -> Boolean", 1, 1, "-",
            "Whether the profile is a member of the segment; false for one that is not known.")
            .Shown("inSegment(\"nobody\") → false"),
    ];
}
