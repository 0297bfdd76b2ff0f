namespace Muster.Engine.Planning;

/// <summary>
/// What the rows of a vector are: profiles, elements of an array, or pairs of rows of two domains. Hash-consed by the graph.
/// </summary>
internal sealed class Domain
{
    private Domain(int id, string text, Domain? parent, RowSource? source, string path, Domain? inner)
    {
        (Id, Text, Parent, Source, Path, Inner) = (id, text, parent, source, path, inner);
    }

    public int Id { get; }

    /// <summary>Canonical and readable: equal for equal domains.</summary>
    public string Text { get; }

    /// <summary>The domain that each row belongs to one row of; null for profiles. Of pairs the outer domain.</summary>
    public Domain? Parent { get; }

    /// <summary>For elements: which rows own the array or map; aligned with the parent's rows.</summary>
    public RowSource? Source { get; }

    /// <summary>For elements: the child level's name relative to <see cref="Source"/>.</summary>
    public string Path { get; }

    /// <summary>
    /// For pairs: the domain that the parent's rows are paired with; for groups and their items: the domain of what is grouped; null
    /// otherwise.
    /// </summary>
    public Domain? Inner { get; }

    /// <summary>For groups: how they are made; null otherwise.</summary>
    public Grouping? Grouping { get; private init; }

    /// <summary>True for the items of groups, whose parent is the groups' domain.</summary>
    public bool AreGroupItems { get; private init; }

    /// <summary>For pairs: the domain whose row the two rows of a pair have in common.</summary>
    public Domain? Common { get; private init; }

    /// <summary>For pairs: how the outer row leads to the common row.</summary>
    public IReadOnlyList<GatherKind> OuterToCommon { get; private init; } = [];

    public bool IsPairs => Common is not null;

    public static Domain Profiles(int id) => new(id, "profile", null, null, "", null);

    public static Domain Elements(int id, string text, Domain parent, RowSource source, string path) => new(id, text, parent, source, path, null);

    public static Domain Groups(int id, string text, Domain owners, Domain elements, Grouping grouping) =>
        new(id, text, owners, null, "", elements) { Grouping = grouping };

    public static Domain ItemsOf(int id, string text, Domain groups) =>
        new(id, text, groups, null, "", groups.Inner) { AreGroupItems = true };

    public static Domain Pairs(int id, string text, Domain outer, Domain inner, Domain common, IReadOnlyList<GatherKind> outerToCommon) =>
        new(id, text, outer, null, "", inner) { Common = common, OuterToCommon = outerToCommon };
}

/// <summary>How elements are grouped.</summary>
/// <param name="Conditions">Over the elements; others are in no group.</param>
/// <param name="Key">Over the elements; those where it is null are in no group.</param>
internal sealed record Grouping(IReadOnlyList<Node> Conditions, Node Key);

/// <summary>How a row of a domain leads to a row of a wider one.</summary>
internal enum GatherKind
{
    /// <summary>An element to the row it belongs to.</summary>
    Parent,

    /// <summary>A pair to its outer row.</summary>
    Outer,

    /// <summary>A pair to its inner row; an item of a group to the element that it is; a group to its first element.</summary>
    Inner,
}

/// <summary>Rows of a level aligned with the rows of a domain: where columns and child levels are read. Hash-consed by the graph.</summary>
internal abstract class RowSource(int id, Domain domain, string text)
{
    public int Id { get; } = id;

    public Domain Domain { get; } = domain;

    public string Text { get; } = text;
}

/// <summary>The rows of the domain itself.</summary>
internal sealed class OwnRows(int id, Domain domain) : RowSource(id, domain, domain.Text);

/// <summary>For each row the entry of a map under a constant key; no row if it has none.</summary>
internal sealed class EntryRows(int id, RowSource owner, string path, string key, string text) : RowSource(id, owner.Domain, text)
{
    public RowSource Owner { get; } = owner;

    public string Path { get; } = path;

    public string Key { get; } = key;
}

/// <summary>For each row the first of its elements that passes the filters, in the given order if there is one; no row if none
/// does.</summary>
internal sealed class FirstRows(int id, Domain domain, RowSource elements, IReadOnlyList<Node> filters, Node? order, string text)
    : RowSource(id, domain, text)
{
    /// <summary>Whole numbers over the elements, a value in each that passes; null for the order of the data.</summary>
    public Node? Order { get; } = order;

    public RowSource Elements { get; } = elements;

    public IReadOnlyList<Node> Filters { get; } = filters;
}
