using Muster.Pql.Binding;
using Muster.Pql.Text;

namespace Muster.Pql.Syntax;

/// <summary>The words of the language. All are case-insensitive; after a dot none is reserved.</summary>
internal static class Keywords
{
    /// <summary>Words that cannot begin an expression as a name: they need back-ticks there.</summary>
    public static readonly IReadOnlySet<string> Reserved = Set(
        "and or not in notIn like matches occurs on between before after from last next select where exists forall some none let if over chain what when");

    /// <summary>Every word that the printer puts in back-ticks at the start of a path.</summary>
    public static readonly IReadOnlySet<string> Quoted = Set(
        string.Join(' ', Reserved) + " this now today yesterday tomorrow true false null sum average min max count all one of gap date _");

    /// <summary>Whether a name at the start of a path is written between back-ticks.</summary>
    public static bool NeedsQuotes(string name) => Quoted.Contains(name) || name.Length == 0 || !Lexer.IsIdentifierStart(name[0])
        || !name.All(Lexer.IsIdentifierPart);

    public static readonly IReadOnlySet<string> Aggregates = Set("sum average min max count");

    /// <summary>The comparison operators in their canonical spelling.</summary>
    public static readonly IReadOnlyDictionary<string, ComparisonOperator> Comparisons = new Dictionary<string, ComparisonOperator>
    {
        ["="] = ComparisonOperator.Equal,
        ["!="] = ComparisonOperator.NotEqual,
        ["<"] = ComparisonOperator.Less,
        ["<="] = ComparisonOperator.LessOrEqual,
        [">"] = ComparisonOperator.Greater,
        [">="] = ComparisonOperator.GreaterOrEqual,
    };

    public static readonly IReadOnlyDictionary<string, Quantifier> Quantifiers = new Dictionary<string,
        Quantifier>(StringComparer.OrdinalIgnoreCase)
    {
        ["exists"] = Quantifier.Some,
        ["some"] = Quantifier.Some,
        ["forall"] = Quantifier.All,
        ["all"] = Quantifier.All,
        ["none"] = Quantifier.None,
        ["one"] = Quantifier.One,
    };

    /// <summary>null for <c>now</c>.</summary>
    public static readonly IReadOnlyDictionary<string, int?> TimeWords = new Dictionary<string, int?>(StringComparer.OrdinalIgnoreCase)
    {
        ["now"] = null,
        ["today"] = 0,
        ["yesterday"] = -1,
        ["tomorrow"] = 1,
    };

    public static readonly IReadOnlyDictionary<string, int> PeriodWords = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase)
    {
        ["this"] = 0,
        ["last"] = -1,
        ["next"] = 1,
    };

    /// <summary><c>of</c> is an old spelling of <c>from</c>.</summary>
    public static readonly IReadOnlyDictionary<string, TimeRelation> Directions = new Dictionary<string,
        TimeRelation>(StringComparer.OrdinalIgnoreCase)
    {
        ["before"] = TimeRelation.Before,
        ["after"] = TimeRelation.After,
        ["from"] = TimeRelation.From,
        ["of"] = TimeRelation.From,
    };

    public static readonly IReadOnlyDictionary<string, TimeUnit> Units = MakeUnits();

    /// <summary>Singular and plural; both spellings of the longest.</summary>
    public static string UnitName(TimeUnit unit, bool plural) => (unit, plural) switch
    {
        (TimeUnit.Century, true) => "centuries",
        (TimeUnit.Millennium, true) => "millennia",
        _ => Enum.GetName(unit)!.ToLowerInvariant() + (plural ? "s" : ""),
    };

    private static Dictionary<string, TimeUnit> MakeUnits()
    {
        Dictionary<string, TimeUnit> units = new(StringComparer.OrdinalIgnoreCase) { ["millenium"] = TimeUnit.Millennium };
        foreach (TimeUnit unit in Enum.GetValues<TimeUnit>())
        {
            units[UnitName(unit, plural: false)] = unit;
            units[UnitName(unit, plural: true)] = unit;
        }
        return units;
    }

    private static HashSet<string> Set(string words) => new(words.Split(' '), StringComparer.OrdinalIgnoreCase);
}
