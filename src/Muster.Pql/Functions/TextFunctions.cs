using Muster.Pql.Types;
using static Muster.Pql.Functions.FunctionCatalogue;

namespace Muster.Pql.Functions;

/// <summary>Functions that make or measure texts. Positions count UTF-16 code units from 0.</summary>
internal static class TextFunctions
{
    public static IEnumerable<FunctionDefinition> All() =>
    [
        Changed("lowerCase", "In lower case, by the invariant rules.", "\"Ab\".lowerCase() → \"ab\""),
        Changed("upperCase", "In upper case, by the invariant rules.", "\"Ab\".upperCase() → \"AB\""),
        Changed("titleCase", "The first letter of every word in upper case.", "\"grey cat\".titleCase() → \"Grey Cat\""),
        Changed("camelCase", "The words as one, each but the first with a capital.", "\"Grey cat-tail\".camelCase() → \"greyCatTail\""),
        Changed("trim", "Without white space at its ends.", "\" a \".trim() → \"a\""),
        Changed("leftTrim", "Without white space at its start.", "\" a \".leftTrim() → \"a \""),
        Changed("rightTrim", "Without white space at its end.", "\" a \".rightTrim() → \" a\""),
        Changed("encode64", "Its UTF-8 bytes in Base64.", "\"cat\".encode64() → \"Y2F0\""),
        Changed("decode64", "The text that was encoded in Base64; anything else stays as it is.", "\"Y2F0\".decode64() → \"cat\"",
            "\"c!\".decode64() → \"c!\""),
        Changed("md5", "The MD5 hash of its UTF-8 bytes, in base 16.", "\"cat\".md5() → \"d077f244def8a70e5ea758bd8352fcd8\""),
        Changed("sha256", "The SHA-256 hash of its UTF-8 bytes, in base 16.",
            "\"cat\".sha256() → \"77af778b51abd4a3c51c5ddd97204a9c3ae614ebccb75a606c3b6865aed6744e\""),
        Changed("urlEncode", "As a value in a form or an address.", "\"a b&c\".urlEncode() → \"a+b%26c\""),
        Changed("urlDecode", "The text that was encoded in a form or an address.", "\"a+b%26c\".urlDecode() → \"a b&c\""),
        Changed("extractEmailDomain", "What follows the last @; null without one.",
            "\"ada@shop.example\".extractEmailDomain() → \"shop.example\"", "\"ada\".extractEmailDomain() → null"),
        Changed("getUrlProtocol", "The protocol of an address; null if it has no protocol and host.",
            "\"https://a.example:8/b/c?d#e\".getUrlProtocol() → \"https\"", "\"a\".getUrlProtocol() → null"),
        Changed("getUrlHost", "The host of an address.", "\"https://a.example:8/b/c?d#e\".getUrlHost() → \"a.example\""),
        Changed("getUrlPath", "The path of an address; empty if it has none.", "\"https://a.example:8/b/c?d#e\".getUrlPath() → \"/b/c\""),
        Changed("getUrlFragment", "What follows # in an address; null without one.",
            "\"https://a.example:8/b/c?d#e\".getUrlFragment() → \"e\""),
        Define("appendQueryParams", "String.appendQueryParams(key, value) -> String", 3, "The address with one more parameter.",
            DataType.String, [DataType.String],
            "\"https://a.example/b?c=1#d\".appendQueryParams(\"e\", \"2 3\") → \"https://a.example/b?c=1&e=2+3#d\""),
        Define("length", "String.length() -> Integer", 1, "The number of characters.", DataType.Integer, [DataType.String],
            "_pet.kind.length() → 3"),
        Define("charCodeAt", "String.charCodeAt(index) -> Integer", 2, "The number of a character; null beyond the text.",
            DataType.Integer, [DataType.String, DataType.Integer],
            "_pet.kind.charCodeAt(0) → 99", "_pet.kind.charCodeAt(3) → null"),
        Define("indexOf", "String.indexOf(String) -> Integer", 2, "Where another text begins first; -1 if it does not.", DataType.Integer,
            [DataType.String], "\"banana\".indexOf(\"an\") → 1", "\"banana\".indexOf(\"x\") → -1"),
        Define("lastIndexOf", "String.lastIndexOf(String) -> Integer", 2, "Where another text begins last; -1 if it does not.",
            DataType.Integer, [DataType.String], "\"banana\".lastIndexOf(\"an\") → 3"),
        (new FunctionDefinition("substr", "String.substr(begin [, end]) -> String", 2, 3, "null",
            "The characters from one position up to before another, or to the end.")
            { Scalar = Of(DataType.String, DataType.String, DataType.Integer) })
                .Shown("\"banana\".substr(1, 3) → \"an\"", "\"banana\".substr(4) → \"na\""),
        (new FunctionDefinition("concat", "String.concat(String, ...) -> String", 1, Many, "null", "All texts in one.")
            { Scalar = Of(DataType.String, DataType.String) })
                .Shown("concat(\"a\", \"b\", 3) → \"ab3\"", "concat(_pet.kind, _pet.nick) → null"),
        Define("replace", "String.replace(old, new) -> String", 3, "With every occurrence of a text replaced.", DataType.String,
            [DataType.String], "\"banana\".replace(\"an\", \"o\") → \"booa\""),
        Define("replaceAll", "String.replaceAll(regex, new) -> String", 3,
            "With every match of a regular expression replaced; $1 is its first group.", DataType.String, [DataType.String],
            "\"a1b22\".replaceAll(\"([0-9]+)\", \"<$1>\") → \"a<1>b<22>\""),
        Define("regexGroup", "String.regexGroup(regex, Integer) -> String", 3,
            "A group of the first match of a regular expression; null without a match.", DataType.String,
            [DataType.String, DataType.String, DataType.Integer], "_pet.tag.regexGroup(\"^(\\\\w+)-\", 1) → \"K9\"",
                "_pet.kind.regexGroup(\"x\", 0) → null"),
        Define("split", "String.split(separator) -> Array<String>", 2, "The parts between separators.", DataType.ArrayOf(DataType.String),
            [DataType.String], "\"a,b,,c\".split(\",\") → [\"a\",\"b\",\"\",\"c\"]"),
        Define("mask", "String.mask(keepStart, keepEnd) -> String", 3, "With X for all characters but so many at both ends.",
            DataType.String,
            [DataType.String, DataType.Integer], "\"123456789\".mask(1, 2) → \"1XXXXXX89\""),
        Define("compareTo", "String.compareTo(String) -> Integer", 2, "-1, 0 or 1 by the order of the characters' numbers.",
            DataType.Integer, [DataType.String], "\"a\".compareTo(\"b\") → -1"),
        Test("equalsIgnoreCase", "String.equalsIgnoreCase(String) -> Boolean", 2, "Whether the texts are the same but for case.",
            "_pet.kind.equalsIgnoreCase(\"CAT\") → true"),
        Test("notEqualWithIgnoreCase", "String.notEqualWithIgnoreCase(String) -> Boolean", 2,
            "Whether both are present and differ in more than case.", "_pet.kind.notEqualWithIgnoreCase(\"CAT\") → false",
                "_pet.nick.notEqualWithIgnoreCase(\"CAT\") → false"),
        Test("equalsAnyIgnoreCase", "String.equalsAnyIgnoreCase(String, ...) -> Boolean", 11,
            "Whether the text is the same as one of up to ten but for case.", "_pet.kind.equalsAnyIgnoreCase(\"dog\", \"CAT\") → true"),
        Define("toString", "scalar.toString() -> String", 1, "The value as text.", DataType.String, [DataType.String],
            "_pet.age.toString() → \"9\"", "date(2031, 5, 9).toString() → \"2031-05-09\""),
        Define("toBool", "String.toBool() -> Boolean", 1, "true or false, in any case; null for any other text.", DataType.Boolean,
            [DataType.String], "\"TRUE\".toBool() → true", "\"yes\".toBool() → null"),
        Define("string_to_integer", "String.string_to_integer() -> Integer", 1, "The whole number that the text is; else null.",
            DataType.Integer, [DataType.String], "\"42\".string_to_integer() → 42"),
        Define("stringToNumber", "String.stringToNumber() -> Double", 1, "The number that the text is; else null.", DataType.Double,
            [DataType.String], "\"4.25\".stringToNumber() → 4.25"),
        Time("stringToDate", "The instant that the text is, by ISO 8601 or a pattern of Java; else null.",
            "\"04.07.2031\".stringToDate(\"dd.MM.yyyy\") → \"2031-07-04T00:00:00.000Z\"", "\"soon\".stringToDate() → null"),
        Time("toDateTime", "The instant that the text is, by ISO 8601 or a pattern of Java; else the start of 1970.",
            "\"2031-07-04T15:20:40Z\".toDateTime() → \"2031-07-04T15:20:40.000Z\"", "\"soon\".toDateTime() → \"1970-01-01T00:00:00.000Z\""),
        Time("toDateTimeOnly", "The instant that the text is, by ISO 8601 or a pattern of Java; else null.",
            "\"2031-07-04\".toDateTimeOnly() → \"2031-07-04T00:00:00.000Z\""),
    ];

    private static ScalarFunction Of(DataType result, params DataType[] parameters) => new(parameters, result);

    private static FunctionDefinition Changed(string name, string summary, params string[] examples) =>
        Define(name, $"String.{name}() -> String", 1, summary, DataType.String, [DataType.String], examples);

    private static FunctionDefinition Define(string name, string signature, int arguments, string summary, DataType result,
        DataType[] parameters, params string[] examples) =>
        (new FunctionDefinition(name, signature, arguments, arguments, "null", summary) { Scalar = Of(result, parameters) })
            .Shown(examples);

    private static FunctionDefinition Test(string name, string signature, int maximum, string summary, params string[] examples) =>
        (new FunctionDefinition(name, signature, 2, maximum, "false", summary) { Scalar = Of(DataType.Boolean, DataType.String) })
            .Shown(examples);

    private static FunctionDefinition Time(string name, string summary, params string[] examples) =>
        (new FunctionDefinition(name, $"String.{name}([pattern]) -> Timestamp", 1, 2, "null",
            summary)
        { Scalar = Of(DataType.Timestamp, DataType.String) }).Shown(examples);
}
