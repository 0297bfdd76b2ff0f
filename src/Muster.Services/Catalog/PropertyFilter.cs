using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Muster.Services.Catalog;

/// <summary>
/// One <c>property=</c> expression: <c>p</c> exists, <c>!p</c> absent, <c>p==v</c>, <c>p!=v</c>, <c>p&lt;v</c>, <c>p&lt;=v</c>, <c>p&gt;v</c>,
/// <c>p&gt;=v</c>, <c>p~regex</c>.
/// </summary>
public sealed class PropertyFilter
{
    private static readonly string[] Operators = ["==", "!=", "<=", ">=", "<", ">", "~"];
    private readonly string _name;
    private readonly string _operator;
    private readonly string _value;
    private readonly Regex? _pattern;

    private PropertyFilter(string name, string @operator, string value, Regex? pattern) =>
        (_name, _operator, _value, _pattern) = (name, @operator, value, pattern);

    /// <summary>Reads an expression.</summary>
    /// <exception cref="RequestRefusedException">It has no property name, or its regular expression is not valid.</exception>
    public static PropertyFilter Parse(string text)
    {
        string? found = null;
        int at = text.Length;
        foreach (string candidate in Operators)
        {
            int index = text.IndexOf(candidate, StringComparison.Ordinal);
            if (index > 0 && index < at) (found, at) = (candidate, index);
        }

        string name = text[..at].Trim();
        bool absent = found is null && name.StartsWith('!');
        if (absent) name = name[1..];
        if (name.Length == 0) throw Refuse(text);
        string value = found is null ? "" : text[(at + found.Length)..].Trim();
        return new PropertyFilter(name, found ?? (absent ? "absent" : "exists"), value, found == "~" ? Pattern(text, value) : null);
    }

    /// <summary>True if the object fulfils the expression; a comparison with an absent property does not hold, but <c>!=</c> does.</summary>
    public bool Matches(JsonObject document)
    {
        string? actual = Text(document[_name]);
        return _operator switch
        {
            "exists" => actual is not null,
            "absent" => actual is null,
            "==" => actual is not null && (_name == "name" ? Wildcard.Matches(actual, _value) : CatalogOrder.CompareText(actual, _value) == 0),
            "!=" => actual is null || CatalogOrder.CompareText(actual, _value) != 0,
            "~" => actual is not null && _pattern!.IsMatch(actual),
            "<" => actual is not null && CatalogOrder.CompareText(actual, _value) < 0,
            "<=" => actual is not null && CatalogOrder.CompareText(actual, _value) <= 0,
            ">" => actual is not null && CatalogOrder.CompareText(actual, _value) > 0,
            _ => actual is not null && CatalogOrder.CompareText(actual, _value) >= 0,
        };
    }

    /// <summary>A value as filters and orders see it: strings without quotes, everything else as JSON.</summary>
    internal static string? Text(JsonNode? node) =>
        node is null ? null : node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();

    // Without backtracking, so that no pattern of a caller can hold a thread.
    private static Regex Pattern(string text, string value)
    {
        try
        {
            return new Regex(value, RegexOptions.NonBacktracking);
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            throw Refuse(text);
        }
    }

    private static RequestRefusedException Refuse(string text) =>
        new(400, "request.query", $"The query parameter 'property' is not a valid expression: '{text}'.");
}
