using Muster.Pql.Types;

namespace Muster.Pql.Functions;

/// <summary>The functions that bind to a call: plain functions of values.</summary>
internal static class ScalarFunctions
{
    public static IEnumerable<FunctionDefinition> All() =>
    [
        Define("regexGroup", "String.regexGroup(regex, Integer) -> String", "A group of the first match of a regular expression.",
            DataType.String, DataType.String, DataType.String, DataType.Integer),
        Define("join", "Array<String>.join(separator) -> String", "The elements that are not null, in one text.",
            DataType.String, DataType.ArrayOf(DataType.String), DataType.String),
        Define("length", "String.length() -> Integer", "The number of characters (UTF-16 code units).", DataType.Integer, DataType.String),
        Define("lowerCase", "String.lowerCase() -> String", "The text in lower case, by the invariant rules.", DataType.String, DataType.String),
        Define("upperCase", "String.upperCase() -> String", "The text in upper case, by the invariant rules.", DataType.String, DataType.String),
        Define("trim", "String.trim() -> String", "The text without white space at its ends.", DataType.String, DataType.String),
        OfNow("currentYear", "The year of the run's instant, UTC."),
        OfNow("currentMonth", "The month (1 to 12) of the run's instant, UTC."),
        OfNow("currentDayOfMonth", "The day of the month of the run's instant, UTC."),
        Define("getYear", "Timestamp.getYear() -> Integer", "The year, UTC.", DataType.Integer, DataType.Timestamp),
        Define("getMonth", "Timestamp.getMonth() -> Integer", "The month (1 to 12), UTC.", DataType.Integer, DataType.Timestamp),
        Define("getDayOfMonth", "Timestamp.getDayOfMonth() -> Integer", "The day of the month, UTC.", DataType.Integer, DataType.Timestamp),
    ];

    private static FunctionDefinition Define(string name, string signature, string summary, DataType result, params DataType[] parameters) =>
        new(name, signature, parameters.Length, parameters.Length, "null", summary) { Scalar = new ScalarFunction(parameters, result) };

    private static FunctionDefinition OfNow(string name, string summary) =>
        new(name, name + "() -> Integer", 0, 0, "-", summary) { Scalar = new ScalarFunction([], DataType.Integer) { DependsOnNow = true } };
}
