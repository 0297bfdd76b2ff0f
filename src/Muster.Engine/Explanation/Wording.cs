using System.Globalization;
using Muster.Engine.Values;
using Muster.Pql.Binding;
using Muster.Pql.Diagnostics;
using Muster.Pql.Formatting;
using Muster.Pql.Types;

namespace Muster.Engine.Explanation;

/// <summary>Says parts of queries and values in words.</summary>
/// <param name="text">The query as it was written; null if it is no text.</param>
internal sealed class Wording(string? text)
{
    private const int LongestValue = 60;

    public string Of(BoundExpression expression) => OfSpan(expression.Span) ?? BoundPrinter.Print(expression);

    /// <summary>What is written there, on one line; null if the query is no text.</summary>
    public string? OfSpan(TextSpan span) => text is null || span.Length == 0 || span.End > text.Length
        ? null
        : string.Join(' ', text.Substring(span.Start, span.Length).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>What an array's elements are called: <c>event</c>, or the last name of its path.</summary>
    public static string NounOf(BoundExpression source) => source switch
    {
        BoundField { Name: ProfileSchema.EventArray } => "event",
        BoundField field => $"element of {field.Name}",
        BoundSelect { Clauses: [var clause] } => NounOf(clause.Source),
        BoundMapping mapping => NounOf(mapping.Source),
        BoundRanking ranking => NounOf(ranking.Source),
        BoundDistinct distinct => NounOf(distinct.Source),
        _ => "element",
    };

    public static string OfValue(object? value) => value switch
    {
        null => "null",
        bool or long or double => Conversion.ToText(value)!,
        string word => Quote(word),
        Timestamp timestamp => OfInstant(timestamp.Milliseconds),
        Date => Conversion.ToText(value)!,
        IReadOnlyList<object?> array =>
            array.Count == 1 ? "1 element" : string.Create(CultureInfo.InvariantCulture, $"{array.Count} elements"),
        MapValue map => map.Entries.Count == 1 ? "1 entry" : string.Create(CultureInfo.InvariantCulture, $"{map.Entries.Count} entries"),
        ObjectValue part => Short(part),
        _ => value.ToString() ?? "",
    };

    /// <summary>An instant without what is zero: <c>2018-03-02</c>, <c>2018-03-02T10:30:00Z</c>.</summary>
    public static string OfInstant(long milliseconds)
    {
        string written = Conversion.ToText(new Timestamp(milliseconds))!;
        if (written.EndsWith("T00:00:00.000Z", StringComparison.Ordinal)) return written[..^"T00:00:00.000Z".Length];
        return written.EndsWith(".000Z", StringComparison.Ordinal) ? written[..^".000Z".Length] + "Z" : written;
    }

    private static string Short(ObjectValue part)
    {
        string fields = string.Join(", ", part.Fields.Where(field => field.Value is not (ObjectValue or MapValue or IReadOnlyList<object?>))
            .Select(field => $"{field.Key}: {OfValue(field.Value)}"));
        return fields.Length == 0 ? "object" : "{" + fields + "}";
    }

    private static string Quote(string word) => "\"" + (word.Length > LongestValue ? word[..LongestValue] + "..." : word) + "\"";
}
