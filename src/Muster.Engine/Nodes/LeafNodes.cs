using System.Globalization;
using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Calendar = Muster.Pql.Time.Calendar;

namespace Muster.Engine.Nodes;

/// <summary>A constant in every row: null, bool, long, double or string.</summary>
internal sealed class ConstantNode(Domain domain, ValueKind kind, object? value) : Node(domain, kind, [])
{
    public object? Value { get; } = value;

    public override bool IsNeverNull => Value is not null;

    public override string Text => Value is string text ? Quoted.Of(text) : $"{Convert.ToString(Value, CultureInfo.InvariantCulture) ?? "null"}:{Kind}";

    public override Vector Evaluate(Evaluator evaluator, Frame frame) => Fill(frame, Kind, Value);

    public static Vector Fill(Frame frame, ValueKind kind, object? value)
    {
        ulong[]? validity = value is null ? frame.Arena.Bitmap(frame.Count) : null;
        switch (kind)
        {
            case ValueKind.Bits:
                ulong[] bits = frame.Arena.Bitmap(frame.Count);
                if (value is true) Bitmaps.Fill(bits, frame.Count);
                return new Vector { Bits = bits, Validity = validity };
            case ValueKind.Int64:
                long[] longs = frame.Arena.Longs(frame.Count);
                longs.AsSpan(0, frame.Count).Fill(value is long whole ? whole : 0);
                return new Vector { Longs = longs, Validity = validity };
            case ValueKind.Double:
                double[] doubles = frame.Arena.Doubles(frame.Count);
                doubles.AsSpan(0, frame.Count).Fill(value is double number ? number : 0);
                return new Vector { Doubles = doubles, Validity = validity };
            default:
                int[] codes = frame.Arena.Ints(frame.Count);
                codes.AsSpan(0, frame.Count).Clear();
                return new Vector { Codes = codes, Table = [value as string ?? ""], Validity = validity };
        }
    }
}

/// <summary>The run's instant in milliseconds, or, with a day offset, the number of the day so many days after it.</summary>
internal sealed class RunTimeNode(Domain domain, int? dayOffset) : Node(domain, ValueKind.Int64, [])
{
    public int? DayOffset { get; } = dayOffset;

    public override bool IsNeverNull => true;

    public override string Text => DayOffset is { } days ? $"today{days:+0;-0;+0}" : "now";

    public long ValueAt(long now) => DayOffset is { } days ? Calendar.DayOf(now) + days : now;

    public override Vector Evaluate(Evaluator evaluator, Frame frame) => ConstantNode.Fill(frame, ValueKind.Int64, ValueAt(evaluator.Now));
}

/// <summary>A column of the level that a source's rows are of.</summary>
internal sealed class ColumnNode(RowSource source, string name, ValueKind kind) : Node(source.Domain, kind, [])
{
    public RowSource Source => source;

    public string Name => name;

    public override string Text => $"column {source.Text}.{name}:{Kind}";

    public override IEnumerable<Node> AllInputs() => base.AllInputs().Concat(Conditions(source));

    public override void Request(ColumnRequest profiles) => RequestPath.Of(profiles, source).Columns.Add(name);

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        (Level? level, int[]? rows) = evaluator.Locate(source);
        return level?.FindColumn(name) is { } column
            ? ColumnReader.Read(column, Kind, rows, frame)
            : ConstantNode.Fill(frame, Kind, null);
    }
}

/// <summary>The members of a segment that is not part of the plan.</summary>
internal sealed class MembersNode(Domain profiles, string segmentId) : Node(profiles, ValueKind.Bits, [])
{
    public override string Text => $"members {Quoted.Of(segmentId)}";

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        ulong[] bits = frame.Arena.Bitmap(frame.Count);
        if (!evaluator.Members.TryGetMembers(segmentId, evaluator.Block, bits.AsSpan(0, frame.Words))) bits.AsSpan(0, frame.Words).Clear();
        return new Vector { Bits = bits };
    }
}
