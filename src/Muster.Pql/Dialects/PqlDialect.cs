namespace Muster.Pql.Dialects;

/// <summary>Which lenient forms are accepted. Immutable.</summary>
public sealed class PqlDialect
{
    private readonly HashSet<LenientForm> _accepted;

    private PqlDialect(IEnumerable<LenientForm> accepted) => _accepted = [.. accepted];

    /// <summary>Every form with what it is, why it is accepted or not, and the decision.</summary>
    public static IReadOnlyList<LenientFormInfo> Forms { get; } =
    [
        new(LenientForm.SingleQuotes, true, "'gold' as a string", "samples have it"),
        new(LenientForm.UnknownEscapes, true, "\"\\d\" in a string, with a warning", "older documentation did not ask for two backslashes"),
        new(LenientForm.OtherOperators, true, "a == 1, a <> 1, with a warning", "people write them"),
        new(LenientForm.RoundLists, true, "a in (1, 2)", "older documentation has it"),
        new(LenientForm.OldDirection, true, "occurs <= 3 days of now", "older documentation has it"),
        new(LenientForm.OldSpelling, true, "1 millenium", "older documentation has it"),
        new(LenientForm.OtherQuantifiers, true, "some, all, none, one V from a", "trees of the XDM schema have them"),
        new(LenientForm.Underscore, true, "_ as the current item", "trees of the XDM schema have it"),
        new(LenientForm.ProfilePrefix, true, "profile.person.name", "journeys write it"),
        new(LenientForm.PluralPrefix, true, "items.sum(item.cost), with a warning", "samples have it"),
        new(LenientForm.DotOnArray, true, "items.cost, with a warning", "forbidden by the documentation, used by its samples"),
        new(LenientForm.ArrayComparison, true, "items.cost > 3, with a warning", "forbidden by the documentation, used by its samples"),
        new(LenientForm.TextAddition, true, "\"a\" + \"b\"", "not documented; nothing else could be meant"),
        new(LenientForm.CountRanges, true, "COUNT(1, 3), COUNT(= 2), COUNT(<= 2)", "interfaces offer it, the text form is ours"),
        new(LenientForm.Gaps, true, "GAP(<= 3 days)", "trees have gaps, the text form is ours"),
        new(LenientForm.SetNodes, true, "the node set in pql/json", "the oldest trees have it"),
        new(LenientForm.TextInJson, true, "text where the format says pql/json, with a warning", "samples have it"),
        new(LenientForm.Coalesce, false, "coalesce(a, b, ...)", "not documented; a ?: b says it"),
    ];

    /// <summary>What is accepted unless somebody says otherwise.</summary>
    public static PqlDialect Default { get; } = new(Forms.Where(form => form.IsAccepted).Select(form => form.Form));

    /// <summary>Only what is documented today.</summary>
    public static PqlDialect Strict { get; } = new([]);

    /// <summary>The same with a form switched on.</summary>
    public PqlDialect With(LenientForm form) => new(_accepted.Append(form));

    /// <summary>The same with a form switched off.</summary>
    public PqlDialect Without(LenientForm form) => new(_accepted.Where(accepted => accepted != form));

    /// <summary>Whether a form is accepted.</summary>
    public bool Accepts(LenientForm form) => _accepted.Contains(form);
}

/// <summary>What is to be known about a form; all are decided in ADR 0030.</summary>
/// <param name="Form">Which one.</param>
/// <param name="IsAccepted">By default.</param>
/// <param name="Example">How it looks.</param>
/// <param name="Reason">Why it is on the list.</param>
public sealed record LenientFormInfo(LenientForm Form, bool IsAccepted, string Example, string Reason);
