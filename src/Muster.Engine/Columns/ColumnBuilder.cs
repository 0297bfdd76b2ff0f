using Muster.Engine.Values;
using Muster.Pql.Types;

namespace Muster.Engine.Columns;

/// <summary>Collects the values of one column; a row without a value is null.</summary>
/// <param name="type">A scalar type.</param>
internal sealed class ColumnBuilder(DataType type)
{
    private readonly List<object?> _values = [];

    /// <summary>Sets the value of a row that is not closed yet.</summary>
    public void Add(int row, object? value)
    {
        while (_values.Count < row) _values.Add(null);
        if (_values.Count == row) _values.Add(Conversion.To(type, value));
    }

    public void CloseRow(int count)
    {
        while (_values.Count < count) _values.Add(null);
    }

    public Column Build()
    {
        ulong[]? validity = Bits(value => value is not null);
        if (_values.TrueForAll(value => value is not null)) validity = null;
        return type.Kind switch
        {
            TypeKind.Boolean => new BooleanColumn(Bits(value => value is true), validity),
            TypeKind.Double => new DoubleColumn(Array(value => value is double number ? number : 0), validity),
            TypeKind.String => Coded(validity),
            _ => new Int64Column(Array(Whole), validity),
        };
    }

    private static long Whole(object? value) => value switch
    {
        long whole => whole,
        Timestamp timestamp => timestamp.Milliseconds,
        Date date => date.Days,
        _ => 0,
    };

    private CodedColumn Coded(ulong[]? validity)
    {
        var codes = new Dictionary<string, int>(StringComparer.Ordinal);
        int[] coded = Array(value =>
        {
            if (value is not string text) return 0;
            if (!codes.TryGetValue(text, out int code)) codes.Add(text, code = codes.Count);
            return code;
        });
        return new CodedColumn(coded, new StringDictionary([.. codes.Keys]), validity);
    }

    private T[] Array<T>(Func<object?, T> convert) => _values.ConvertAll(value => convert(value)).ToArray();

    private ulong[] Bits(Predicate<object?> test)
    {
        var bits = new ulong[(_values.Count + 63) / 64];
        for (int i = 0; i < _values.Count; i++)
            if (test(_values[i])) bits[i >> 6] |= 1UL << i;
        return bits;
    }
}
