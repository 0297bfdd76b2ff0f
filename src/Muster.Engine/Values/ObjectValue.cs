namespace Muster.Engine.Values;

/// <summary>
/// An object as a value tree: null, bool, long, double, string, <see cref="Timestamp"/>, <see cref="Date"/>,
/// <c>IReadOnlyList&lt;object?&gt;</c>
/// (an array), <see cref="ObjectValue"/> or <see cref="MapValue"/>. A field without a value is not stored. Events and elements keep their
/// identity by reference.
/// </summary>
/// <param name="fields">Only fields that have a value.</param>
public sealed class ObjectValue(IReadOnlyDictionary<string, object?> fields)
{
    /// <summary>The fields that have a value.</summary>
    public IReadOnlyDictionary<string, object?> Fields { get; } = fields;

    /// <summary>The value of a field; null if there is none.</summary>
    public object? this[string name] => Fields.GetValueOrDefault(name);
}

/// <summary>A map as a value: keys in the order of the data.</summary>
/// <param name="entries">In order; keys are distinct.</param>
public sealed class MapValue(IReadOnlyList<KeyValuePair<string, object?>> entries)
{
    /// <summary>In the order of the data.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Entries { get; } = entries;

    /// <summary>The value of a key; null if there is none.</summary>
    public object? this[string key]
    {
        get
        {
            foreach ((string name, object? value) in Entries)
                if (name == key) return value;
            return null;
        }
    }
}
