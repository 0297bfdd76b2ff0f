namespace Muster.Pql.Diagnostics;

/// <summary>Every code a diagnostic can carry. Each is explained in docs/diagnostics.md; a test compares the two.</summary>
public static class DiagnosticCodes
{
    /// <summary>A character that begins no token.</summary>
    public const string BadCharacter = "lex.badChar";

    /// <summary>A number too large to hold.</summary>
    public const string BadNumber = "lex.badNumber";

    /// <summary>A string, quoted name or context reference without its end.</summary>
    public const string UnterminatedString = "lex.unterminatedString";

    /// <summary>Warning: a backslash before a character that needs none.</summary>
    public const string UnknownEscape = "lex.unknownEscape";

    /// <summary>Something else should stand here.</summary>
    public const string Expected = "parse.expected";

    /// <summary>A reserved word used as a name without back-ticks.</summary>
    public const string ReservedWord = "parse.reservedWord";

    /// <summary>Nested too deeply.</summary>
    public const string Depth = "parse.depth";

    /// <summary>Warning: a spelling accepted from other dialects (<c>==</c>, <c>&lt;&gt;</c>).</summary>
    public const string LenientSpelling = "parse.lenient";

    /// <summary>A form that is switched off.</summary>
    public const string Refused = "parse.refused";

    /// <summary>No variable or field of that name.</summary>
    public const string UnknownName = "bind.unknownName";

    /// <summary>No function of that name.</summary>
    public const string UnknownFunction = "bind.unknownFunction";

    /// <summary>A function called with too few or too many arguments.</summary>
    public const string Arity = "bind.arity";

    /// <summary>Warning: <c>^</c> past the profile; its value is null.</summary>
    public const string UpTooFar = "bind.upTooFar";

    /// <summary>Warning: the singular of an array's name used for its element.</summary>
    public const string PluralPrefix = "bind.pluralPrefix";

    /// <summary>A construct in a place where it means nothing.</summary>
    public const string Misplaced = "bind.misplaced";

    /// <summary>Values of types that do not fit.</summary>
    public const string TypeMismatch = "type.mismatch";

    /// <summary>An array is needed.</summary>
    public const string NotArray = "type.notArray";

    /// <summary>Warning: a path through an array, which takes the field of every element.</summary>
    public const string DotOnArray = "type.dotOnArray";

    /// <summary>Warning: an array compared with one value, which asks for some element.</summary>
    public const string ArrayComparison = "type.arrayComparison";

    /// <summary>Warning: a comparison that can never be true.</summary>
    public const string AlwaysFalse = "type.alwaysFalse";

    /// <summary>A literal date that no calendar has.</summary>
    public const string InvalidDate = "date.invalid";

    /// <summary>A pattern that is no regular expression.</summary>
    public const string InvalidRegex = "regex.invalid";

    /// <summary>Warning: a pattern whose search is limited to a number of steps.</summary>
    public const string CountedRegex = "regex.counted";

    /// <summary>The segment is not known; raised where definitions are saved.</summary>
    public const string UnknownSegment = "segment.unknown";

    /// <summary>Segments that refer to each other in a circle; raised where definitions are saved.</summary>
    public const string SegmentCycle = "segment.cycle";

    /// <summary>A sequence that is longer than editors allow.</summary>
    public const string LongChain = "author.chainLength";

    /// <summary>More aggregations than editors recommend.</summary>
    public const string ManyAggregations = "author.aggregations";

    /// <summary>Arrays and maps nested deeper than editors recommend.</summary>
    public const string DeepNesting = "author.nesting";

    /// <summary>The pql/json text is not JSON.</summary>
    public const string InvalidJson = "json.invalid";

    /// <summary>A node type, literal type or quantifier that is not known.</summary>
    public const string UnknownNode = "json.unknownNode";

    /// <summary>A property is missing or of the wrong kind.</summary>
    public const string MissingProperty = "json.missing";

    /// <summary>Warning: the format says pql/json but the value is text.</summary>
    public const string TextInJson = "json.isText";
}
