namespace Muster.Storage.Identity;

/// <summary>
/// What a sandbox says of its namespaces and of which identities may be one person. Namespaces match regardless of case. Rules that
/// change count for all that is known.
/// </summary>
public sealed record LinkingRules
{
    /// <summary>No custom namespaces, nothing unique, no priorities.</summary>
    public static LinkingRules None { get; } = new();

    /// <summary>The type of the identities of each custom namespace. One that is not in it counts as CROSS_DEVICE.</summary>
    public IReadOnlyDictionary<string, string> Types { get; init; } = new Dictionary<string, string>();

    /// <summary>Namespaces of which a person has one identity at most.</summary>
    public IReadOnlyList<string> UniqueNamespaces { get; init; } = [];

    /// <summary>Namespaces, the most important first. Without any, events have their primary identity as records have it.</summary>
    public IReadOnlyList<string> Priority { get; init; } = [];

    /// <summary>These rules with other types; the very same if they have those already.</summary>
    public LinkingRules WithTypes(IReadOnlyDictionary<string, string> types) =>
        types.Count == Types.Count && types.All(t => Types.GetValueOrDefault(t.Key) == t.Value) ? this : this with { Types = types };
}
