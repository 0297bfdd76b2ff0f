using System.Text;
using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Engine.Planning;

namespace Muster.Engine.Nodes;

/// <summary>A test of a string by itself: asked once per distinct string of the table.</summary>
internal class TextTableNode(Node input, string name, Func<string, bool> test) : Node(input.Domain, ValueKind.Bits, [input])
{
    public sealed override string Text => $"#{Inputs[0].Id} {name}";

    public sealed override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Vector input = evaluator.Get(Inputs[0]);
        ulong[] bits = frame.Arena.Bitmap(frame.Count);
        // A table longer than the rows is not worth asking for every string, unless it stays.
        if (input.Dictionary is null && input.Table.Length > frame.Count)
        {
            for (int row = 0; row < frame.Count; row++)
                if (input.IsValid(row) && test(input.TextAt(row))) Bitmaps.Set(bits, row);
            return new Vector { Bits = bits };
        }
        bool[] answers = AnswersFor(evaluator, input);
        int[] codes = input.Codes;
        for (int row = 0; row < frame.Count; row++)
        {
            int code = codes[row];
            if ((uint)code < (uint)answers.Length && answers[code]) bits[row >> 6] |= 1UL << row;
        }
        if (input.Validity is not null) Bitmaps.And(bits, input.Validity, frame.Words);
        return new Vector { Bits = bits };
    }

    private bool[] AnswersFor(Evaluator evaluator, Vector input)
    {
        Answers kept = evaluator.State(this, () => new Answers());
        if (input.Dictionary is not null && kept.Dictionary == input.Dictionary) return kept.Table;
        (kept.Dictionary, kept.Table) = (input.Dictionary, Array.ConvertAll(input.Table, text => test(text)));
        return kept.Table;
    }

    private sealed class Answers
    {
        public StringDictionary? Dictionary { get; set; }

        public bool[] Table { get; set; } = [];
    }
}

/// <summary>A string that is one of some constants, perhaps whatever the case of its letters.</summary>
internal sealed class TextSetNode(Node input, IReadOnlyList<string> constants, bool ignoreCase)
    : TextTableNode(input, $"in{(ignoreCase ? "~" : "")} ({string.Join(", ", constants.Select(Quoted.Of))})", TestOf(constants, ignoreCase))
{
    /// <summary>Distinct, in ordinal order.</summary>
    public IReadOnlyList<string> Constants => constants;

    public bool IgnoreCase => ignoreCase;

    /// <summary>
    /// The set in its one form. Letters of ASCII have one upper case under every rule, so sets that differ in case only are one where the
    /// case does not count.
    /// </summary>
    public static TextSetNode Of(Node input, IEnumerable<string> constants, bool ignoreCase) => new(
        input,
        constants.Select(text => ignoreCase && Ascii.IsValid(text) ? text.ToUpperInvariant() : text)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray(),
        ignoreCase);

    private static Func<string, bool> TestOf(IReadOnlyList<string> constants, bool ignoreCase)
    {
        StringComparer comparer = ignoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        if (constants is [var only]) return text => comparer.Equals(text, only);
        return constants.ToHashSet(comparer).Contains;
    }
}
