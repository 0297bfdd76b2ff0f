namespace Muster.Pql;

/// <summary>The two forms of a query.</summary>
public enum PqlFormat
{
    /// <summary><c>pql/text</c>: what people write.</summary>
    Text,

    /// <summary><c>pql/json</c>: the tree as JSON.</summary>
    Json,
}

/// <summary>The names that requests and answers give the forms.</summary>
public static class PqlFormats
{
    /// <summary>The name of the text form.</summary>
    public const string Text = "pql/text";

    /// <summary>The name of the JSON form.</summary>
    public const string Json = "pql/json";

    /// <summary>Reads a name, in any case.</summary>
    public static bool TryParse(string? name, out PqlFormat format)
    {
        format = string.Equals(name, Json, StringComparison.OrdinalIgnoreCase) ? PqlFormat.Json : PqlFormat.Text;
        return format == PqlFormat.Json || string.Equals(name, Text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The name of a form.</summary>
    public static string NameOf(PqlFormat format) => format == PqlFormat.Json ? Json : Text;
}
