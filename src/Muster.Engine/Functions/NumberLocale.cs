using System.Globalization;

namespace Muster.Engine.Functions;

/// <summary>
/// How a locale writes numbers and amounts. A table of our own: what the machine knows of locales would change results from one to another.
/// </summary>
/// <param name="Group">Between groups of three digits.</param>
/// <param name="Point">Before decimals.</param>
/// <param name="Pattern">An amount; n is the number.</param>
/// <param name="Decimals">Of an amount.</param>
internal sealed record NumberLocale(string Group, string Point, string Pattern, int Decimals)
{
    private static readonly Dictionary<string, NumberLocale> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["en"] = new(",", ".", "$n", 2),
        ["en_US"] = new(",", ".", "$n", 2),
        ["en_CA"] = new(",", ".", "$n", 2),
        ["en_AU"] = new(",", ".", "$n", 2),
        ["en_GB"] = new(",", ".", "\u00A3n", 2),
        ["de_DE"] = new(".", ",", "n\u00A0\u20AC", 2),
        ["de_CH"] = new("\u2019", ".", "CHF\u00A0n", 2),
        ["es_ES"] = new(".", ",", "n\u00A0\u20AC", 2),
        ["it_IT"] = new(".", ",", "n\u00A0\u20AC", 2),
        ["fr_FR"] = new("\u202F", ",", "n\u00A0\u20AC", 2),
        ["nl_NL"] = new(".", ",", "\u20AC\u00A0n", 2),
        ["pt_BR"] = new(".", ",", "R$\u00A0n", 2),
        ["sv_SE"] = new("\u00A0", ",", "n\u00A0kr", 2),
        ["pl_PL"] = new("\u00A0", ",", "n\u00A0z\u0142", 2),
        ["ja_JP"] = new(",", ".", "\uFFE5n", 0),
        ["ko_KR"] = new(",", ".", "\u20A9n", 0),
        ["zh_CN"] = new(",", ".", "\u00A5n", 2),
    };

    /// <summary>By a name with _ or -; null for one that is not in the table.</summary>
    public static NumberLocale? Find(string name) => Known.GetValueOrDefault(name.Replace('-', '_'));

    /// <summary>With up to three decimals.</summary>
    public string Number(double number) => Write(number, "#,##0.###");

    public string Currency(double number)
    {
        string amount = Pattern.Replace("n", Write(Math.Abs(number), "#,##0" + (Decimals == 0 ? "" : "." + new string('0', Decimals))),
            StringComparison.Ordinal);
        return number < 0 ? "-" + amount : amount;
    }

    private string Write(double number, string format)
    {
        var symbols = new NumberFormatInfo { NumberGroupSeparator = Group, NumberDecimalSeparator = Point };
        return number.ToString(format, symbols);
    }
}
