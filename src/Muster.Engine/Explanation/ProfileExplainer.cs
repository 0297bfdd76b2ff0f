using Muster.Engine.Columns;
using Muster.Engine.Interpreter;
using Muster.Engine.Planning;
using Muster.Engine.Values;
using Muster.Pql.Binding;
using Muster.Pql.Types;

namespace Muster.Engine.Explanation;

/// <summary>
/// Explains one segment to one profile at a time, by the interpreter that referees the engine. Immutable and thread-safe.
/// </summary>
public sealed class ProfileExplainer
{
    /// <summary>The most elements that are listed for a step; all are counted.</summary>
    public const int MostElements = 20;

    private readonly SegmentQuery _segment;
    private readonly ProfileSchema _schema;
    private readonly string? _text;

    /// <summary>Makes an explainer.</summary>
    /// <param name="segment">The definition.</param>
    /// <param name="schema">The schema that it was bound to and the blocks have.</param>
    /// <param name="text">The query as it was written in the text form; null for the JSON form.</param>
    public ProfileExplainer(SegmentQuery segment, ProfileSchema schema, string? text)
    {
        (_segment, _schema, _text) = (segment, schema, text);
        IReadOnlySet<string>? touched = BoundQuestions.FieldsOf(segment.Query.Root, segment.Query.Body);
        foreach (Field field in schema.Profile.Fields)
            if (touched is null || touched.Contains(field.Name)) RequestPath.AddAll(Request, field.Name, field.Type);
    }

    /// <summary>What a block must hold: all that the query touches, as far as the data has it.</summary>
    public ColumnRequest Request { get; } = new();

    /// <summary>Explains.</summary>
    /// <param name="block">Read with <see cref="Request"/> at <paramref name="asOf"/>.</param>
    /// <param name="row">The profile's row.</param>
    /// <param name="asOf">The instant, ms since the epoch.</param>
    /// <param name="isMember">Whether the profile is a member of another segment.</param>
    /// <param name="sources">Knows where attributes came from; null if nobody does.</param>
    public ProfileExplanation Explain(Block block, int row, long asOf, Func<string, bool> isMember, IAttributeSources? sources = null)
    {
        ObjectValue profile = new BlockRowReader(block, _schema).Read(row);
        var values = new BoundValues(_segment.Query.Root, profile, new ProfileInterpreter(asOf, isMember));
        var wording = new Wording(_text);
        var tree = new ExplanationTree(values, wording, new NearestMiss(values, wording, asOf),
            path => sources?.Find(block.Ordinals[row], path));
        BoundExpression body = _segment.Query.Body;
        bool verdict = values.IsTrue(body, Bindings.None);
        ExplainedPart root = tree.Explain(body, Bindings.None, "0", isTruth: true);
        return new ProfileExplanation(
            _segment.Id, block.Ordinals[row], asOf, verdict, root, verdict ? null : FirstFailureOf(body, root), verdict ? null : root.Miss);
    }

    // Into conjunctions only: any part of a disjunction could have been the one to hold.
    private static string FirstFailureOf(BoundExpression expression, ExplainedPart part)
    {
        if (expression is not BoundLogical { IsAnd: true } conjunction) return part.Path;
        int first = part.Parts.TakeWhile(inner => inner.IsTrue == true).Count();
        return first == part.Parts.Count ? part.Path : FirstFailureOf(conjunction.Operands[first], part.Parts[first]);
    }
}
