using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Engine.Values;
using Muster.Pql.Binding;
using Muster.Pql.Functions;
using Muster.Pql.Types;

namespace Muster.Engine.Nodes;

/// <summary>Arithmetic of two numbers of the kind of the result, or of strings (concatenation); null where it has no result.</summary>
internal sealed class ArithmeticNode(Domain domain, ValueKind kind, Node left, ArithmeticOperator operation, Node right)
    : Node(domain, kind, [left, right])
{
    public override string Text => $"#{Inputs[0].Id} {operation} #{Inputs[1].Id} :{Kind}";

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Vector first = evaluator.Get(Inputs[0]), second = evaluator.Get(Inputs[1]);
        var output = new RowWriter(frame, Kind);
        for (int i = 0; i < frame.Count; i++)
        {
            if (!first.IsValid(i) || !second.IsValid(i)) continue;
            if (Kind == ValueKind.Text) output.Set(i, first.TextAt(i) + second.TextAt(i));
            else if (Kind == ValueKind.Double)
            {
                if (NumberRules.TryCompute(operation, first.Doubles[i], second.Doubles[i], out double result)) output.Set(i, result);
            }
            else if (NumberRules.TryCompute(operation, first.Longs[i], second.Longs[i], out Int128 wide))
            {
                if (NumberRules.Fits(wide)) output.Set(i, (long)wide);
                else evaluator.NoteOverflow();
            }
        }
        return output.ToVector();
    }
}

/// <summary>Integer arithmetic whose result is a double: computed exactly first.</summary>
internal sealed class WideArithmeticNode(Domain domain, Node left, ArithmeticOperator operation, Node right) : Node(domain, ValueKind.Double, [left, right])
{
    public override string Text => $"wide(#{Inputs[0].Id} {operation} #{Inputs[1].Id})";

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Vector first = evaluator.Get(Inputs[0]), second = evaluator.Get(Inputs[1]);
        var output = new RowWriter(frame, Kind);
        for (int i = 0; i < frame.Count; i++)
            if (first.IsValid(i) && second.IsValid(i) && NumberRules.TryCompute(operation, first.Longs[i], second.Longs[i], out Int128 wide)) output.Set(i, (double)wide);
        return output.ToVector();
    }
}

/// <summary>Unary minus.</summary>
internal sealed class NegateNode(Node input) : Node(input.Domain, input.Kind, [input])
{
    public override string Text => $"-#{Inputs[0].Id}";

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Vector input = evaluator.Get(Inputs[0]);
        var output = new RowWriter(frame, Kind);
        for (int i = 0; i < frame.Count; i++)
        {
            if (!input.IsValid(i)) continue;
            if (Kind == ValueKind.Double) output.Set(i, -input.Doubles[i]);
            else if (input.Longs[i] != long.MinValue) output.Set(i, -input.Longs[i]);
            else evaluator.NoteOverflow();
        }
        return output.ToVector();
    }
}

/// <summary>The second input where the first is true, else the third.</summary>
internal sealed class ConditionalNode(Domain domain, Node condition, Node whenTrue, Node whenFalse)
    : Node(domain, whenTrue.Kind, [condition, whenTrue, whenFalse])
{
    public override string Text => $"if({Join(Inputs)})";

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        ulong[] condition = evaluator.Get(Inputs[0]).Bits;
        Vector first = evaluator.Get(Inputs[1]), second = evaluator.Get(Inputs[2]);
        var output = new RowWriter(frame, Kind);
        for (int i = 0; i < frame.Count; i++)
        {
            Vector chosen = Bitmaps.Get(condition, i) ? first : second;
            if (!chosen.IsValid(i)) continue;
            switch (Kind)
            {
                case ValueKind.Bits: output.Set(i, chosen.IsTrue(i)); break;
                case ValueKind.Int64: output.Set(i, chosen.Longs[i]); break;
                case ValueKind.Double: output.Set(i, chosen.Doubles[i]); break;
                default: output.Set(i, chosen.TextAt(i)); break;
            }
        }
        return output.ToVector();
    }
}

/// <summary>
/// Coercion or function of scalars, row by row through boxed values: for what is rare. Types say what the stored numbers mean.
/// </summary>
internal sealed class CallNode(
    Domain domain, string name, IReadOnlyList<Node> arguments, IReadOnlyList<DataType> types, DataType result, Func<object?[], long, object?> function)
    : Node(domain, ScalarBox.KindOf(result.Kind), arguments)
{
    /// <summary>True if the result depends on the run's instant.</summary>
    public bool UsesNow => FunctionCatalogue.All.TryGetValue(name, out FunctionDefinition? definition) && definition.Scalar is { DependsOnNow: true };

    public override string Text => $"{name}({Join(Inputs)}; {string.Join(", ", types)}):{result}";

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Vector[] vectors = Inputs.Select(evaluator.Get).ToArray();
        var arguments = new object?[vectors.Length];
        var output = new RowWriter(frame, Kind);
        for (int row = 0; row < frame.Count; row++)
        {
            for (int i = 0; i < vectors.Length; i++) arguments[i] = ScalarBox.Read(vectors[i], Inputs[i].Kind, types[i].Kind, row);
            object? value = function(arguments, evaluator.Now);
            if (Kind == ValueKind.Int64 && value is double) evaluator.NoteOverflow();
            else output.SetBoxed(row, value);
        }
        return output.ToVector();
    }
}
