using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Engine.Values;
using Muster.Pql.Binding;

namespace Muster.Engine.Nodes;

/// <summary>
/// A string equal to a constant. All constants that a plan compares one string with are found in one pass: a table from code to the bitmap
/// that is interested.
/// </summary>
internal sealed class TextEqualNode(Node input, string constant, List<TextEqualNode> siblings) : Node(input.Domain, ValueKind.Bits, [input])
{
    public override string Text => $"#{Inputs[0].Id} = {Quoted.Of(constant)}";

    public override IReadOnlyList<Node> Companions => siblings;

    // One pass for all: the first one bears what cannot be divided.
    public override long WorkOf(Evaluator evaluator, Frame frame) =>
        frame.Count / siblings.Count + (siblings[0] == this ? frame.Count % siblings.Count : 0);

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Vector input = evaluator.Get(Inputs[0]);
        var bitmaps = new ulong[siblings.Count + 1][];
        int[] interested = InterestOf(evaluator, input, frame);
        for (int i = 0; i < siblings.Count; i++) bitmaps[i + 1] = frame.Arena.Bitmap(frame.Count);
        int[] codes = input.Codes;
        for (int row = 0; row < frame.Count; row++)
        {
            int code = codes[row];
            // The code of a row without a value may be anything.
            if ((uint)code >= (uint)interested.Length) continue;
            int found = interested[code];
            if (found != 0) bitmaps[found][row >> 6] |= 1UL << row;
        }
        for (int i = 0; i < siblings.Count; i++)
        {
            if (input.Validity is not null) Bitmaps.And(bitmaps[i + 1], input.Validity, frame.Words);
            if (siblings[i] != this) evaluator.Put(siblings[i], frame, new Vector { Bits = bitmaps[i + 1] });
        }
        return new Vector { Bits = bitmaps[siblings.IndexOf(this) + 1] };
    }

    // For each code the number of the sibling that wants it, from 1; kept as long as the dictionary stays.
    private int[] InterestOf(Evaluator evaluator, Vector input, Frame frame)
    {
        Interest kept = evaluator.State(siblings[0], () => new Interest());
        if (input.Dictionary is not null && kept.Dictionary == input.Dictionary && kept.Siblings == siblings.Count) return kept.Table;
        if (kept.Siblings != siblings.Count)
        {
            kept.Numbers.Clear();
            for (int i = 0; i < siblings.Count; i++) kept.Numbers.Add(siblings[i].Constant, i + 1);
        }
        // The shorter side is looked up in the longer one; a computed table may hold a string twice.
        int[] table = kept.Table.Length >= input.Table.Length
            && kept.Table.Length <= 2 * input.Table.Length + 16 ? kept.Table : new int[input.Table.Length];
        Array.Clear(table);
        if (input.Dictionary is not null && input.Table.Length > siblings.Count)
        {
            foreach ((string wanted, int number) in kept.Numbers)
                if (input.Dictionary.TryGetCode(wanted, out int code)) table[code] = number;
        }
        else
        {
            for (int code = 0; code < input.Table.Length; code++) table[code] = kept.Numbers.GetValueOrDefault(input.Table[code]);
        }
        (kept.Dictionary, kept.Table, kept.Siblings) = (input.Dictionary, table, siblings.Count);
        return table;
    }

    public string Constant => constant;

    private sealed class Interest
    {
        public StringDictionary? Dictionary { get; set; }

        public int[] Table { get; set; } = [];

        public int Siblings { get; set; }

        public Dictionary<string, int> Numbers { get; } = new(StringComparer.Ordinal);
    }
}

/// <summary>Two strings compared, row by row.</summary>
internal sealed class TextCompareNode(Domain domain, Node left, ComparisonOperator comparison, Node right, bool ignoreCase)
    : Node(domain, ValueKind.Bits, [left, right])
{
    public ComparisonOperator Comparison => comparison;

    public bool IgnoreCase => ignoreCase;

    public override string Text => $"#{Inputs[0].Id} {comparison}{(ignoreCase ? "~" : "")} #{Inputs[1].Id}";

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Vector first = evaluator.Get(Inputs[0]), second = evaluator.Get(Inputs[1]);
        ulong[] bits = frame.Arena.Bitmap(frame.Count);
        for (int i = 0; i < frame.Count; i++)
            if (first.IsValid(i) && second.IsValid(i) && ValueRules.Compare(comparison, first.TextAt(i), second.TextAt(i), ignoreCase)) Bitmaps.Set(bits, i);
        return new Vector { Bits = bits };
    }
}

/// <summary>A string tested with an argument that differs from row to row.</summary>
internal sealed class TextTestNode(Domain domain, StringTest test, Node target, Node argument, bool ignoreCase, bool negated)
    : Node(domain, ValueKind.Bits, [target, argument])
{
    public StringTest Test => test;

    public bool IgnoreCase => ignoreCase;

    public bool IsNegated => negated;

    public override string Text => $"#{Inputs[0].Id} {(negated ? "not " : "")}{test}{(ignoreCase ? "~" : "")} #{Inputs[1].Id}";

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Vector target = evaluator.Get(Inputs[0]), argument = evaluator.Get(Inputs[1]);
        ulong[] bits = frame.Arena.Bitmap(frame.Count);
        var patterns = new Dictionary<string, TextPattern>(StringComparer.Ordinal);
        for (int i = 0; i < frame.Count; i++)
        {
            if (!target.IsValid(i) || !argument.IsValid(i)) continue;
            string wanted = argument.TextAt(i);
            if (!patterns.TryGetValue(wanted, out TextPattern? pattern)) patterns.Add(wanted, pattern = new TextPattern(test, wanted, ignoreCase));
            if (!pattern.IsInvalid && pattern.Matches(target.TextAt(i)) != negated) Bitmaps.Set(bits, i);
        }
        return new Vector { Bits = bits };
    }
}
