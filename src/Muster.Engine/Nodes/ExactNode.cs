using Muster.Engine.Execution;
using Muster.Engine.Interpreter;
using Muster.Engine.Planning;
using Muster.Pql;

namespace Muster.Engine.Nodes;

/// <summary>
/// The truth of a query with arithmetic of whole numbers. Vectors of whole numbers have 64 bits; where a result goes beyond, the language
/// goes
/// on with a double. That is rare, so the fast formula is evaluated first and only a block in which it happened is interpreted. The columns
/// of the formula are enough for that: what it does not read has no say.
/// </summary>
internal sealed class ExactNode(Node truth, BoundQuery query, IReadOnlyList<KeyValuePair<string, Node>> segments)
    : Node(truth.Domain, ValueKind.Bits, [truth, .. segments.Select(s => s.Value)])
{
    public override string Text => $"exact #{truth.Id}";

    public override long WorkOf(Evaluator evaluator, Frame frame) => frame.Words;

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Vector fast = evaluator.Get(truth);
        if (!evaluator.HasOverflow) return fast;
        int row = 0;
        var members = segments.ToDictionary(s => s.Key, s => evaluator.Get(s.Value), StringComparer.Ordinal);
        var interpreter = new ProfileInterpreter(evaluator.Now, id => members[id].IsTrue(row));
        var reader = new BlockRowReader(evaluator.Block, evaluator.Schema);
        ulong[] bits = frame.Arena.Bitmap(frame.Count);
        for (; row < frame.Count; row++)
            if (interpreter.IsMember(query, reader.Read(row))) Bitmaps.Set(bits, row);
        return new Vector { Bits = bits };
    }
}
