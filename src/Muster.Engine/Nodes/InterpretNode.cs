using Muster.Engine.Execution;
using Muster.Engine.Interpreter;
using Muster.Engine.Planning;
using Muster.Pql;
using Muster.Pql.Binding;
using Muster.Pql.Types;

namespace Muster.Engine.Nodes;

/// <summary>
/// An expression over the profile that has no vectorised form: interpreted profile by profile, for the rows that other conditions leave.
/// Its
/// inputs are the segments that it asks for membership.
/// </summary>
internal sealed class InterpretNode(Domain profiles, BoundQuery query, int number, IReadOnlyList<KeyValuePair<string, Node>> segments)
    : Node(profiles, ScalarBox.KindOf(query.Body.Type.Kind), segments.Select(s => s.Value).ToArray())
{
    private readonly long _size = BoundTree.DescendantsAndSelf(query.Body).Count();

    public override string Text => $"interpret {query.Body.GetType().Name} {number}({Join(Inputs)})";

    protected override bool IsCostly => true;

    // What matters is told row by row.
    public override long WorkOf(Evaluator evaluator, Frame frame) => 0;

    public override void Request(Columns.ColumnRequest profiles)
    {
        IReadOnlySet<string>? touched = BoundQuestions.FieldsOf(query.Root, query.Body);
        foreach (Field field in ((DataType)query.Root.Type).Fields)
            if (touched is null || touched.Contains(field.Name)) RequestPath.AddAll(profiles, field.Name, field.Type);
    }

    public override Vector Evaluate(Evaluator evaluator, Frame frame) => Run(evaluator, frame, mask: null);

    public override ulong[] EvaluateWithin(Evaluator evaluator, Frame frame, ulong[] mask) => Run(evaluator, frame, mask).Bits;

    private Vector Run(Evaluator evaluator, Frame frame, ulong[]? mask)
    {
        int row = 0;
        var members = segments.ToDictionary(s => s.Key, s => evaluator.Get(s.Value), StringComparer.Ordinal);
        var interpreter = new ProfileInterpreter(evaluator.Now, id => members[id].IsTrue(row));
        var reader = new BlockRowReader(evaluator.Block, evaluator.Schema);
        var output = new RowWriter(frame, Kind);
        int[]? events = evaluator.Block.Profiles.FindChild(ProfileSchema.EventArray)?.Offsets;
        for (; row < frame.Count; row++)
        {
            if (mask is not null && !Bitmaps.Get(mask, row)) continue;
            // Each part of the expression may look at each event.
            evaluator.Spend(this, _size * (1 + (events is null ? 0 : events[row + 1] - events[row])));
            object? value = interpreter.Evaluate(query, reader.Read(row));
            if (Kind == ValueKind.Int64 && value is double) evaluator.NoteOverflow();
            else output.SetBoxed(row, value);
        }
        return output.ToVector();
    }
}
