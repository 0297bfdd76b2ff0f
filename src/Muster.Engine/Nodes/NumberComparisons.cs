using System.Globalization;
using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Engine.Values;
using Muster.Pql.Binding;

namespace Muster.Engine.Nodes;

/// <summary>A number or time compared with a constant, eight rows at a time.</summary>
internal sealed class CompareConstantNode(Node input, ComparisonOperator comparison, object constant) : Node(input.Domain, ValueKind.Bits, [input])
{
    public ComparisonOperator Comparison => comparison;

    public object Constant => constant;

    public override string Text => $"#{Inputs[0].Id} {comparison} {Convert.ToString(constant, CultureInfo.InvariantCulture)}";

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Vector input = evaluator.Get(Inputs[0]);
        ulong[] bits = frame.Arena.Bitmap(frame.Count);
        if (constant is long whole) NumberKernel.Compare(comparison, input.Longs, whole, bits, frame.Count);
        else NumberKernel.Compare(comparison, input.Doubles, (double)constant, bits, frame.Count);
        if (input.Validity is not null) Bitmaps.And(bits, input.Validity, frame.Words);
        return new Vector { Bits = bits };
    }
}

/// <summary>Two numbers or times of one kind, row by row.</summary>
internal sealed class CompareNode(Domain domain, Node left, ComparisonOperator comparison, Node right) : Node(domain, ValueKind.Bits, [left, right])
{
    public ComparisonOperator Comparison => comparison;

    public override string Text => $"#{Inputs[0].Id} {comparison} #{Inputs[1].Id}";

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Vector first = evaluator.Get(Inputs[0]), second = evaluator.Get(Inputs[1]);
        ulong[] bits = frame.Arena.Bitmap(frame.Count);
        switch (Inputs[0].Kind)
        {
            case ValueKind.Int64:
                NumberKernel.Compare(comparison, first.Longs, second.Longs, bits, frame.Count);
                break;
            case ValueKind.Double:
                NumberKernel.Compare(comparison, first.Doubles, second.Doubles, bits, frame.Count);
                break;
            default:
                for (int i = 0; i < frame.Count; i++)
                    if (ValueRules.Holds(comparison, first.IsTrue(i).CompareTo(second.IsTrue(i)))) Bitmaps.Set(bits, i);
                break;
        }
        if (first.Validity is not null) Bitmaps.And(bits, first.Validity, frame.Words);
        if (second.Validity is not null) Bitmaps.And(bits, second.Validity, frame.Words);
        return new Vector { Bits = bits };
    }
}
