namespace Muster.Engine.Columns;

/// <summary>
/// An immutable list of distinct strings; a string's position is its code. Thread-safe. The engine keeps what it computed over a dictionary
/// (a test once per distinct value) by the object's identity, so a run hands out one object for a column however many blocks it has.
/// </summary>
public sealed class StringDictionary
{
    private readonly string[] _values;
    private readonly Lazy<Dictionary<string, int>> _codes;

    /// <summary>Takes ownership of <paramref name="values"/>, which must be distinct.</summary>
    public StringDictionary(string[] values)
    {
        _values = values;
        _codes = new(() =>
        {
            var codes = new Dictionary<string, int>(_values.Length, StringComparer.Ordinal);
            for (int i = 0; i < _values.Length; i++) codes.Add(_values[i], i);
            return codes;
        });
    }

    /// <summary>The number of strings; codes run from 0 to Count - 1.</summary>
    public int Count => _values.Length;

    /// <summary>All strings in the order of their codes.</summary>
    public ReadOnlySpan<string> Values => _values;

    /// <summary>All strings in the order of their codes; not to be written.</summary>
    internal string[] Table => _values;

    /// <summary>The string of a code.</summary>
    public string this[int code] => _values[code];

    /// <summary>The code of a string; false if it is not in the dictionary. The first call builds an index.</summary>
    public bool TryGetCode(string value, out int code) => _codes.Value.TryGetValue(value, out code);
}
