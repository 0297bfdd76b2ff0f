using System.Globalization;

namespace Muster.Pql.Formatting;

/// <summary>Numbers as both forms of the language write them.</summary>
internal static class NumberText
{
    /// <summary>A finite double, shortest and so that it reads as a double and not as a whole number.</summary>
    public static string Of(double number)
    {
        string text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) || text.Contains('E', StringComparison.Ordinal) ? text : text + ".0";
    }
}
