using Muster.Engine.Planning;
using Muster.Engine.Values;

namespace Muster.Engine.Execution;

/// <summary>Writes a vector row by row; a row that is not set is null. Strings are coded as they come.</summary>
internal sealed class RowWriter
{
    private readonly Frame _frame;
    private readonly ulong[] _validity;
    private readonly ulong[] _bits;
    private readonly long[] _longs;
    private readonly double[] _doubles;
    private readonly int[] _codes;
    private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);
    private readonly List<string> _table = [];

    public RowWriter(Frame frame, ValueKind kind)
    {
        _frame = frame;
        _validity = frame.Arena.Bitmap(frame.Count);
        _bits = kind == ValueKind.Bits ? frame.Arena.Bitmap(frame.Count) : [];
        _longs = kind == ValueKind.Int64 ? frame.Arena.Longs(frame.Count) : [];
        _doubles = kind == ValueKind.Double ? frame.Arena.Doubles(frame.Count) : [];
        _codes = kind == ValueKind.Text ? frame.Arena.Ints(frame.Count) : [];
    }

    public void Set(int row, bool value)
    {
        Bitmaps.Set(_validity, row);
        if (value) Bitmaps.Set(_bits, row);
    }

    public void Set(int row, long value)
    {
        Bitmaps.Set(_validity, row);
        _longs[row] = value;
    }

    public void Set(int row, double value)
    {
        Bitmaps.Set(_validity, row);
        _doubles[row] = value;
    }

    public void Set(int row, string value)
    {
        Bitmaps.Set(_validity, row);
        if (!_known.TryGetValue(value, out int code))
        {
            code = _table.Count;
            _known.Add(value, code);
            _table.Add(value);
        }
        _codes[row] = code;
    }

    /// <summary>Sets a row to a boxed value of the vector's kind; null leaves it null.</summary>
    public void SetBoxed(int row, object? value)
    {
        switch (value)
        {
            case bool truth: Set(row, truth); break;
            case long whole: Set(row, whole); break;
            case Timestamp timestamp: Set(row, timestamp.Milliseconds); break;
            case Date date: Set(row, date.Days); break;
            case double number: Set(row, number); break;
            case string text: Set(row, text); break;
        }
    }

    public Vector ToVector() => new()
    {
        Validity = _frame.Count == 0 ? null : _validity,
        Bits = _bits,
        Longs = _longs,
        Doubles = _doubles,
        Codes = _codes,
        Table = [.. _table],
    };
}
