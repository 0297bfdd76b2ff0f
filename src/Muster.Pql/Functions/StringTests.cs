namespace Muster.Pql.Functions;

/// <summary>Tests of one text against another. They are false, negated ones too, where a side is null.</summary>
internal static class StringTests
{
    public static IEnumerable<FunctionDefinition> All() =>
    [
        new FunctionDefinition("like", "String.like(String) -> Boolean", 2, 2, "false",
            "Whether the text fits a pattern with % for any run and _ for one character; a backslash takes the next character as it is.")
            .Shown("_pet.tag like \"K_-%\" → true", "like(_pet.tag, \"k%\") → false"),
        new FunctionDefinition("matches", "String.matches(String) -> Boolean", 2, 2, "false",
            "Whether a regular expression of Java's syntax is found anywhere in the text.")
            .Shown("_pet.tag.matches(\"(?i)^k9\") → true", "_pet.tag matches \"^\\\\d\" → false",
                "_pet.tag matches \"[0-9&&[^7]]$\" → true"),
        Test("startsWith", "Whether the text begins with another.", "_pet.tag.startsWith(\"k9\", false) → true",
            "_pet.tag.startsWith(\"k9\") → false"),
        Test("doesNotStartWith", "Whether the text is present and begins otherwise.", "_pet.tag.doesNotStartWith(\"X\") → true",
            "_pet.nick.doesNotStartWith(\"X\") → false"),
        Test("endsWith", "Whether the text ends with another.", "_pet.tag.endsWith(\"70\") → true"),
        Test("doesNotEndWith", "Whether the text is present and ends otherwise.", "_pet.tag.doesNotEndWith(\"70\") → false"),
        Test("contains", "Whether the text holds another.", "_pet.kind.contains(\"A\", false) → true"),
        Test("doesNotContain", "Whether the text is present and does not hold another.", "_pet.kind.doesNotContain(\"x\") → true",
            "_pet.nick.doesNotContain(\"x\") → false"),
        new FunctionDefinition("stringCompare", "stringCompare(test, String, String [, caseSensitive]) -> Boolean", 3, 4, "false",
            "The test of strings that the first argument names; trees in pql/json have it.")
            .Shown("stringCompare(\"contains\", _pet.kind, \"A\", false) → true"),
    ];

    private static FunctionDefinition Test(string name, string summary, params string[] examples) =>
        new FunctionDefinition(name, $"String.{name}(String [, caseSensitive]) -> Boolean", 2, 3, "false", summary).Shown(examples);
}
