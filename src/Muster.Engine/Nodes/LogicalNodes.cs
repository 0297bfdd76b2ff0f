using Muster.Engine.Execution;
using Muster.Engine.Planning;

namespace Muster.Engine.Nodes;

/// <summary>Conjunction: expensive operands are evaluated last, for the rows that are left.</summary>
internal sealed class AndNode(Domain domain, IReadOnlyList<Node> operands) : Node(domain, ValueKind.Bits, operands)
{
    public override string Text => $"and({Join(Inputs)})";

    public override long WorkOf(Evaluator evaluator, Frame frame) => frame.Words * Inputs.Count;

    public override Vector Evaluate(Evaluator evaluator, Frame frame) => new() { Bits = Selection.Narrow(evaluator, frame, Inputs, mask: null) };

    public override ulong[] EvaluateWithin(Evaluator evaluator, Frame frame, ulong[] mask) => Selection.Narrow(evaluator, frame, Inputs, mask);
}

/// <summary>Disjunction: expensive operands are evaluated last, for the rows that are not in yet.</summary>
internal sealed class OrNode(Domain domain, IReadOnlyList<Node> operands) : Node(domain, ValueKind.Bits, operands)
{
    public override string Text => $"or({Join(Inputs)})";

    public override long WorkOf(Evaluator evaluator, Frame frame) => frame.Words * Inputs.Count;

    public override Vector Evaluate(Evaluator evaluator, Frame frame) => new() { Bits = Unite(evaluator, frame, mask: null) };

    public override ulong[] EvaluateWithin(Evaluator evaluator, Frame frame, ulong[] mask) => Unite(evaluator, frame, mask);

    private ulong[] Unite(Evaluator evaluator, Frame frame, ulong[]? mask)
    {
        ulong[] rows = frame.Arena.Bitmap(frame.Count);
        foreach (Node operand in Inputs)
            if (!operand.IsExpensive) Bitmaps.Or(rows, evaluator.Get(operand).Bits, frame.Words);
        if (!IsExpensive) return rows;
        ulong[] open = frame.Arena.Bitmap(frame.Count);
        foreach (Node operand in Inputs)
        {
            if (!operand.IsExpensive) continue;
            if (mask is null) Bitmaps.Fill(open, frame.Count);
            else mask.AsSpan(0, frame.Words).CopyTo(open);
            Bitmaps.AndNot(open, rows, frame.Words);
            ulong[] found = evaluator.Within(operand, frame, open);
            // The operand says nothing about rows outside of the mask.
            Bitmaps.And(open, found, frame.Words);
            Bitmaps.Or(rows, open, frame.Words);
        }
        return rows;
    }
}

/// <summary>Negation of a truth.</summary>
internal sealed class NotNode(Node operand) : Node(operand.Domain, ValueKind.Bits, [operand])
{
    public override string Text => $"not(#{Inputs[0].Id})";

    public override long WorkOf(Evaluator evaluator, Frame frame) => frame.Words;

    public override Vector Evaluate(Evaluator evaluator, Frame frame) => new() { Bits = Negate(frame, evaluator.Get(Inputs[0]).Bits) };

    public override ulong[] EvaluateWithin(Evaluator evaluator, Frame frame, ulong[] mask) => Negate(frame, evaluator.Within(Inputs[0], frame, mask));

    private static ulong[] Negate(Frame frame, ulong[] bits)
    {
        ulong[] negated = frame.Arena.Bitmap(frame.Count);
        bits.AsSpan(0, frame.Words).CopyTo(negated);
        Bitmaps.Not(negated, frame.Count);
        return negated;
    }
}

/// <summary>True where the input has a value.</summary>
internal sealed class ValidNode(Node input) : Node(input.Domain, ValueKind.Bits, [input])
{
    public override string Text => $"present(#{Inputs[0].Id})";

    public override long WorkOf(Evaluator evaluator, Frame frame) => frame.Words;

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        if (evaluator.Get(Inputs[0]).Validity is { } validity) return new Vector { Bits = validity };
        return ConstantNode.Fill(frame, ValueKind.Bits, true);
    }
}

/// <summary>The values of a wider domain's rows for the rows that belong to them.</summary>
internal sealed class GatherNode(Domain domain, Node input, GatherKind via) : Node(domain, input.Kind, [input])
{
    public GatherKind Via => via;

    public override string Text => $"{via.ToString().ToLowerInvariant()}(#{Inputs[0].Id})";

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Vector input = evaluator.Get(Inputs[0]);
        if (Kind == ValueKind.Bits && via == GatherKind.Parent && input.Validity is null) return new Vector { Bits = Spread(input.Bits, frame) };
        return Gathering.Gather(input, Kind, frame.RowsVia(via), frame);
    }

    // Elements of a row are contiguous, so a set bit becomes a run of them.
    private static ulong[] Spread(ulong[] bits, Frame frame)
    {
        ulong[] spread = frame.Arena.Bitmap(frame.Count);
        for (int row = Bitmaps.Next(bits, 0, frame.ParentCount); row >= 0; row = Bitmaps.Next(bits, row + 1, frame.ParentCount))
            Bitmaps.SetRange(spread, frame.Offsets[row], frame.Offsets[row + 1]);
        return spread;
    }
}
