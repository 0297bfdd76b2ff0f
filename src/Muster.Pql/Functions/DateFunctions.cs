using Muster.Pql.Types;

namespace Muster.Pql.Functions;

/// <summary>Functions of dates and instants, all in UTC.</summary>
internal static class DateFunctions
{
    private const string At = "date(2031, 5, 9)";
    private const string Later = "\"2031-07-04T15:20:40Z\".toDateTime()";

    public static IEnumerable<FunctionDefinition> All() =>
    [
        new FunctionDefinition("date", "date(Integer, Integer, Integer) -> Date", 3, 3, "null",
            "A day, from year, month and day; null if there is no such day.")
            .Shown("date(2031, 5, 9) → \"2031-05-09\"", "date(2031, 2, _pet.age * 4) → null"),
        Now("currentYear", "The year of the run's instant.", DataType.Integer, "2031"),
        Now("currentMonth", "The month (1 to 12) of the run's instant.", DataType.Integer, "5"),
        Now("currentDayOfMonth", "The day of the month of the run's instant.", DataType.Integer, "9"),
        Now("currentTimeInMillis", "The run's instant in milliseconds since 1970.", DataType.Integer, "1936089000000"),
        Now("getCurrentZonedDateTime", "The run's instant.", DataType.Timestamp, "\"2031-05-09T10:30:00.000Z\""),
        Part("getYear", "The year.", "2031", "2031"),
        Part("getMonth", "The month, 1 to 12.", "5", "7"),
        Part("getDayOfMonth", "The day of the month.", "9", "4"),
        Part("extractMonth", "The month, 1 to 12.", "5", "7"),
        Part("extractHours", "The hour, 0 to 23.", "0", "15"),
        Part("extractMinutes", "The minute, 0 to 59.", "0", "20"),
        Part("extractSeconds", "The second, 0 to 59.", "0", "40"),
        Part("dayOfMonth", "The day of the month.", "9", "4"),
        Part("dayOfWeek", "The day of the week: 1 is Monday, 7 Sunday.", "5", "5"),
        Part("dayOfYear", "The day of the year, from 1.", "129", "185"),
        Part("weekOfYear", "The week of the year by ISO 8601.", "19", "27"),
        Moved("addSeconds", "seconds", "\"2031-05-09T00:00:40.000Z\"", 40),
        Moved("addMinutes", "minutes", "\"2031-05-08T23:59:00.000Z\"", -1),
        Moved("addHours", "hours", "\"2031-05-10T02:00:00.000Z\"", 26),
        Moved("addDays", "days", "\"2031-05-16T00:00:00.000Z\"", 7),
        Moved("addMonths", "months; the day is cut to the month's length", "\"2032-02-09T00:00:00.000Z\"", 9),
        Moved("addYears", "years; 29 February becomes 28", "\"2021-05-09T00:00:00.000Z\"", -10),
        Changed("setDays", "Timestamp.setDays(Integer) -> Timestamp",
            "The same with another day of the month; null if there is no such day.",
            $"{Later}.setDays(31) → \"2031-07-31T15:20:40.000Z\"", $"{Later}.setDays(32) → null"),
        Changed("setHours", "Timestamp.setHours(Integer) -> Timestamp", "The same with another hour, 0 to 23; null for any other.",
            $"{Later}.setHours(8) → \"2031-07-04T08:20:40.000Z\""),
        Cut("truncateToStartOfDay", "The start of the day.", "2031-07-04"),
        Cut("truncateToStartOfWeek", "The start of the Monday of the week.", "2031-06-30"),
        Cut("truncateToStartOfQuarter", "The start of the quarter.", "2031-07-01"),
        Cut("truncateToStartOfYear", "The start of the year.", "2031-01-01"),
        Between("diffInSeconds", "seconds", "4893640"),
        Between("diffInMinutes", "minutes", "81560"),
        Between("diffInHours", "hours", "1359"),
        Between("diffInMonths", "months", "1"),
        Between("diffInYears", "years", "0"),
        new FunctionDefinition("dateDiff", "Timestamp.dateDiff(Timestamp) -> Integer", 2, 2, "null",
            "The days from the first day to the second.")
            { Scalar = Of(DataType.Integer, DataType.Timestamp, DataType.Timestamp) }
            .Shown($"dateDiff({At}, {Later}) → 56"),
        new FunctionDefinition("compareDates", "Timestamp.compareDates(Timestamp) -> Integer", 2, 2, "null",
            "-1, 0 or 1: before, the same, after.")
            { Scalar = Of(DataType.Integer, DataType.Timestamp, DataType.Timestamp) }
            .Shown($"compareDates({At}, {Later}) → -1"),
        new FunctionDefinition("dateBetween", "Timestamp.dateBetween(Timestamp, Timestamp) -> Boolean", 3, 3, "false",
            "Whether it lies between two others, or at one of them.")
            { Scalar = Of(DataType.Boolean, DataType.Timestamp, DataType.Timestamp, DataType.Timestamp) }
            .Shown($"dateBetween({At}, {At}, {Later}) → true"),
        Age("age", "Whole years from the day to the run's instant.", "9"),
        Age("ageInMonths", "Whole months from the day to the run's instant; negative in the future.", "110"),
        Age("ageInDays", "Whole days from the day to the run's instant; negative in the future.", "3357"),
        Same("toUTC", "Timestamp.toUTC() -> Timestamp", 1, "The same instant: there is no other zone.",
            $"{Later}.toUTC() → \"2031-07-04T15:20:40.000Z\""),
        Same("convertZonedDateTime", "Timestamp.convertZonedDateTime(zone) -> Timestamp", 2,
            "The same instant: a zone only changes how it is written.",
            $"{Later}.convertZonedDateTime(\"Europe/Berlin\") → \"2031-07-04T15:20:40.000Z\""),
        new FunctionDefinition("formatDate", "Timestamp.formatDate(pattern [, locale]) -> String", 2, 3, "null",
            "The time by a pattern of Java: y M d D E a H h m s S X Z z and text in single quotes; names are English. Null for other letters.")
            { Scalar = Of(DataType.String, DataType.Timestamp, DataType.String, DataType.String) }
            .Shown($"formatDate({Later}, \"EEE, d MMM yyyy HH:mm\") → \"Fri, 4 Jul 2031 15:20\""),
    ];

    private static ScalarFunction Of(DataType result, params DataType[] parameters) => new(parameters, result);

    private static FunctionDefinition Now(string name, string summary, DataType result, string value) =>
        (new FunctionDefinition(name, $"{name}() -> {result}", 0, 0, "-",
            summary)
        { Scalar = new ScalarFunction([], result) { DependsOnNow = true } })
        .Shown($"{name}() → {value}");

    private static FunctionDefinition Part(string name, string summary, string value, string later) =>
        (new FunctionDefinition(name, $"Timestamp.{name}() -> Integer", 1, 1, "null",
            summary)
        { Scalar = Of(DataType.Integer, DataType.Timestamp) })
        .Shown($"{At}.{name}() → {value}", $"{Later}.{name}() → {later}");

    private static FunctionDefinition Moved(string name, string unit, string value, int count) =>
        Changed(name, $"Timestamp.{name}(Integer) -> Timestamp", $"The instant so many {unit} later.", $"{At}.{name}({count}) → {value}");

    private static FunctionDefinition Changed(string name, string signature, string summary, params string[] examples) =>
        (new FunctionDefinition(name, signature, 2, 2, "null",
            summary)
        { Scalar = Of(DataType.Timestamp, DataType.Timestamp, DataType.Integer) })
        .Shown(examples);

    private static FunctionDefinition Cut(string name, string summary, string day) =>
        (new FunctionDefinition(name, $"Timestamp.{name}() -> Timestamp", 1, 1, "null",
            summary)
        { Scalar = Of(DataType.Timestamp, DataType.Timestamp) })
        .Shown($"{Later}.{name}() → \"{day}T00:00:00.000Z\"");

    private static FunctionDefinition Between(string name, string unit, string value) =>
        (new FunctionDefinition(name, $"{name}(end, start) -> Integer", 2, 2, "null",
            $"Whole {unit} from the second to the first; negative if it is earlier.")
        { Scalar = Of(DataType.Integer, DataType.Timestamp, DataType.Timestamp) })
        .Shown($"{name}({Later}, {At}) → {value}");

    private static FunctionDefinition Age(string name, string summary, string value) =>
        (new FunctionDefinition(name, $"Timestamp.{name}() -> Integer", 1, 1, "null", summary)
        { Scalar = Of(DataType.Integer, DataType.Timestamp) with { DependsOnNow = true } })
        .Shown($"_pet.born.{name}() → {value}");

    private static FunctionDefinition Same(string name, string signature, int arguments, string summary, string example) =>
        (new FunctionDefinition(name, signature, arguments, arguments, "null", summary)
        { Scalar = Of(DataType.Timestamp, DataType.Timestamp, DataType.String) })
        .Shown(example);
}
