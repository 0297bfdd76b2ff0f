using System.Globalization;
using Muster.Engine.Execution;
using Muster.Engine.Planning;

namespace Muster.Engine.Nodes;

/// <summary>A number or time that is one of some constants; null is none of them.</summary>
/// <param name="input">What is looked for.</param>
/// <param name="constants">Distinct and rising: all long, or all double, like the input.</param>
internal sealed class NumberSetNode(Node input, IReadOnlyList<object> constants) : Node(input.Domain, ValueKind.Bits, [input])
{
    private readonly HashSet<long> _longs = [.. constants.OfType<long>()];
    private readonly HashSet<double> _doubles = [.. constants.OfType<double>()];

    public IReadOnlyList<object> Constants => constants;

    public override string Text =>
        $"#{Inputs[0].Id} in ({string.Join(", ", constants.Select(c => Convert.ToString(c, CultureInfo.InvariantCulture)))})";

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Vector input = evaluator.Get(Inputs[0]);
        ulong[] bits = frame.Arena.Bitmap(frame.Count);
        bool areWhole = Inputs[0].Kind == ValueKind.Int64;
        for (int i = 0; i < frame.Count; i++)
            if (input.IsValid(i) && (areWhole ? _longs.Contains(input.Longs[i]) : _doubles.Contains(input.Doubles[i])))
                Bitmaps.Set(bits, i);
        return new Vector { Bits = bits };
    }
}
