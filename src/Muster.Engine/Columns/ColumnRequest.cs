namespace Muster.Engine.Columns;

/// <summary>
/// What of a level a plan reads; the root request is the profile level. A level that is requested without columns is read for its offsets
/// alone. Mutable while a plan collects what it needs, then handed to a block source.
/// </summary>
public sealed class ColumnRequest
{
    /// <summary>Names of columns, as in <see cref="Level"/>.</summary>
    public SortedSet<string> Columns { get; } = new(StringComparer.Ordinal);

    /// <summary>Child levels by name, as in <see cref="Level"/>.</summary>
    public SortedDictionary<string, ColumnRequest> Children { get; } = new(StringComparer.Ordinal);

    /// <summary>The request of a child level, made when it is not there.</summary>
    public ColumnRequest Child(string name)
    {
        if (!Children.TryGetValue(name, out ColumnRequest? child)) Children.Add(name, child = new ColumnRequest());
        return child;
    }

    /// <summary>Adds all that another request asks for.</summary>
    public void Include(ColumnRequest other)
    {
        Columns.UnionWith(other.Columns);
        foreach ((string name, ColumnRequest child) in other.Children) Child(name).Include(child);
    }
}
