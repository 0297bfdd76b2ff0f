namespace Muster.Pql.Dialects;

/// <summary>The forms that no documentation has, or only an old one: each can be switched off, or on, by itself.</summary>
public enum LenientForm
{
    /// <summary><c>'text'</c>.</summary>
    SingleQuotes,

    /// <summary>A backslash before a character that needs none.</summary>
    UnknownEscapes,

    /// <summary><c>==</c> and <c>&lt;&gt;</c>.</summary>
    OtherOperators,

    /// <summary><c>a in (1, 2)</c>.</summary>
    RoundLists,

    /// <summary><c>of</c> for <c>from</c>.</summary>
    OldDirection,

    /// <summary><c>millenium</c>.</summary>
    OldSpelling,

    /// <summary><c>some</c>, <c>all</c>, <c>none</c> and <c>one</c>.</summary>
    OtherQuantifiers,

    /// <summary><c>_</c> for <c>this</c>.</summary>
    Underscore,

    /// <summary><c>profile.name</c> for <c>$1.name</c>.</summary>
    ProfilePrefix,

    /// <summary><c>items.sum(item.cost)</c>.</summary>
    PluralPrefix,

    /// <summary><c>items.cost</c>.</summary>
    DotOnArray,

    /// <summary><c>items.cost &gt; 3</c>.</summary>
    ArrayComparison,

    /// <summary><c>"a" + "b"</c>.</summary>
    TextAddition,

    /// <summary><c>COUNT(1, 3)</c>, <c>COUNT(&lt;= 3)</c>.</summary>
    CountRanges,

    /// <summary><c>GAP(&lt;= 3 days)</c>.</summary>
    Gaps,

    /// <summary>The node <c>set</c> of pql/json.</summary>
    SetNodes,

    /// <summary>Text where the format says pql/json.</summary>
    TextInJson,

    /// <summary><c>coalesce(a, b)</c>.</summary>
    Coalesce,
}
