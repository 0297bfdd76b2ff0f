namespace Muster.Pql.Binding;

/// <summary>
/// What names mean at a place: a list, innermost first, of named variables and of current items. Immutable, so that leaving a construct is
/// going back to the scope before it.
/// </summary>
/// <param name="Outer">The scope around; null for the profile's.</param>
/// <param name="Name">The variable's name; null for a current item.</param>
/// <param name="Value">What the name or the item stands for.</param>
/// <param name="Collection">For an item: the name of the array it is from, whose singular may stand for the item.</param>
/// <param name="LabelTime">For a chain's label: the path to its timestamp.</param>
internal sealed record Scope(Scope? Outer, string? Name, BoundExpression Value, string? Collection = null,
    IReadOnlyList<string>? LabelTime = null)
{
    public Scope WithVariable(string name, BoundExpression value) => new(this, name, value);

    public Scope WithItem(BoundExpression value, string? collection) => new(this, null, value, collection);

    public Scope WithLabel(string name, BoundExpression value, IReadOnlyList<string> timestamp) => new(this, name, value, null, timestamp);

    public Scope? FindVariable(string name)
    {
        Scope? scope = this;
        while (scope is not null && scope.Name != name) scope = scope.Outer;
        return scope;
    }

    /// <summary>The current items, innermost first; the last is the profile.</summary>
    public IEnumerable<Scope> Items()
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
            if (scope.Name is null) yield return scope;
    }

    /// <summary>Whether <paramref name="name"/> is the singular of the array that the item is from.</summary>
    public bool IsSingular(string name) => Collection is not null && (Collection == name + "s" || Collection == name + "es");
}
