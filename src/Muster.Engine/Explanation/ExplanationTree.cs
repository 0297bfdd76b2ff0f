using Muster.Engine.Values;
using Muster.Pql.Binding;
using Muster.Pql.Types;

namespace Muster.Engine.Explanation;

/// <summary>Makes the tree of an explanation.</summary>
/// <param name="values">Values of parts.</param>
/// <param name="wording">Texts of parts.</param>
/// <param name="misses">What would make a part true.</param>
/// <param name="sourceOf">Where an attribute came from.</param>
internal sealed class ExplanationTree(BoundValues values, Wording wording, NearestMiss misses, Func<string, AttributeSource?> sourceOf)
{
    public ExplainedPart Explain(BoundExpression expression, Bindings bindings, string path, bool isTruth)
    {
        object? value = values.Of(expression, bindings);
        bool? truth = isTruth || expression.Type.Kind == TypeKind.Boolean ? ValueRules.IsPresent(value) : null;
        string? miss = truth == false ? misses.Of(expression, bindings, wanted: true)?.Text : null;
        List<ExplainedPart> parts = PartsOf(expression, bindings)
            .Select((part, i) => Explain(part.Expression, part.Bindings, $"{path}.{i}", part.IsTruth)).ToList();
        return new ExplainedPart(
            path, wording.Of(expression), expression.Span, truth is { } known ? known ? "true" : "false" : Wording.OfValue(value), truth,
                miss,
            new MatchedElements(values).Of(expression, bindings), SourcesOf(expression), parts);
    }

    // What is worth a line of its own. Elements of arrays are told by their matches.
    private IEnumerable<(BoundExpression Expression, Bindings Bindings, bool IsTruth)> PartsOf(BoundExpression expression,
        Bindings bindings)
    {
        switch (expression)
        {
            case BoundLogical logical:
                return logical.Operands.Select(operand => (operand, bindings, true));
            case BoundNot not:
                return [(not.Operand, bindings, true)];
            case BoundConditional conditional:
                BoundExpression chosen = values.IsTrue(conditional.Condition, bindings) ? conditional.WhenTrue : conditional.WhenFalse;
                return [(conditional.Condition, bindings, true), (chosen, bindings, chosen.Type.Kind == TypeKind.Boolean)];
            case BoundLet let:
                return [(let.Value, bindings, false),
                    (let.Body, bindings.With(let.Variable, values.Of(let.Value, bindings)), let.Body.Type.Kind == TypeKind.Boolean)];
            case BoundQuantification or BoundSelect or BoundAggregate or BoundChain or BoundMapping or BoundRanking or BoundGrouping or BoundMapConstruction:
                return [];
            default:
                return BoundTree.Children(expression)
                    .Where(child => child is not (BoundConstant or BoundVariable or BoundNow or BoundRelativeDay))
                    .Select(child => (child, bindings, false));
        }
    }

    private List<AttributeSource> SourcesOf(BoundExpression expression) =>
        PathOf(expression) is { } path && sourceOf(path) is { } source ? [source] : [];

    /// <summary>The dotted path of an attribute of the profile; null for anything else, events among them.</summary>
    private static string? PathOf(BoundExpression expression) => expression switch
    {
        BoundField { Target: BoundVariable { Variable.Role: VariableRole.Root }, Name: not ProfileSchema.EventArray } field => field.Name,
        BoundField field when PathOf(field.Target) is { } outer => outer + "." + field.Name,
        BoundMapValue value => PathOf(value.Target),
        _ => null,
    };
}
