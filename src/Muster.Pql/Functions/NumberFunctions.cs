using Muster.Pql.Types;

namespace Muster.Pql.Functions;

/// <summary>Functions of numbers.</summary>
internal static class NumberFunctions
{
    public static IEnumerable<FunctionDefinition> All() =>
    [
        Define("absolute", "number.absolute() -> number", 1, "The number without its sign.", new ScalarFunction([DataType.Double], null),
            "absolute(3 - _pet.age) → 6", "(-1.5).absolute() → 1.5"),
        Define("roundDown", "number.roundDown() -> Integer", 1, "The greatest whole number that is not greater.",
            Of(DataType.Integer, DataType.Double),
            "_pet.weight.roundDown() → 4", "roundDown(-0.5) → -1"),
        Define("roundUp", "number.roundUp() -> Integer", 1, "The least whole number that is not less.",
            Of(DataType.Integer, DataType.Double), "_pet.weight.roundUp() → 5"),
        Define("toInt", "any.toInt() -> Integer", 1, "A number, or a text of one, without its decimals; null for anything else.",
            Of(DataType.Integer, DataType.Unknown),
            "_pet.weight.toInt() → 4", "\"-7.9\".toInt() → -7", "\"x\".toInt() → null"),
        Define("toHexString", "Integer.toHexString() -> String", 1, "The whole number in base 16.", Of(DataType.String, DataType.Integer),
            "255.toHexString() → \"ff\""),
        Define("toPercentage", "number.toPercentage() -> String", 1, "The number in hundredths, with up to two decimals.",
            Of(DataType.String, DataType.Double),
            "0.1234.toPercentage() → \"12.34%\""),
        Define("toPrecision", "number.toPrecision(digits) -> Double", 2, "The number rounded to so many digits, 1 to 15.",
            Of(DataType.Double, DataType.Double, DataType.Integer),
            "123.456.toPrecision(4) → 123.5"),
        Define("formatNumber", "number.formatNumber(locale) -> String", 2,
            "The number as a locale writes it, with up to three decimals; null for a locale that is not known.",
            Of(DataType.String, DataType.Double, DataType.String), "1234567.891.formatNumber(\"de_DE\") → \"1.234.567,891\"",
                "1.formatNumber(\"xx\") → null"),
        Define("formatCurrency", "number.formatCurrency(locale) -> String", 2,
            "The amount as a locale writes it, in the locale's currency.",
            Of(DataType.String, DataType.Double, DataType.String), "1234.5.formatCurrency(\"en_GB\") → \"£1,234.50\""),
    ];

    private static ScalarFunction Of(DataType result, params DataType[] parameters) => new(parameters, result);

    private static FunctionDefinition Define(string name, string signature, int arguments, string summary, ScalarFunction scalar,
        params string[] examples) =>
        (new FunctionDefinition(name, signature, arguments, arguments, "null", summary) { Scalar = scalar }).Shown(examples);
}
