using Muster.Pql.Binding;

namespace Muster.Pql.Classification;

/// <summary>The paths of the profile that a query reads.</summary>
internal sealed class FieldsRead
{
    private readonly Dictionary<Variable, string?> _sources = [];
    private readonly SortedSet<string> _paths = new(StringComparer.Ordinal);

    private FieldsRead(Variable root) => _sources[root] = "";

    public static IReadOnlyList<string> Of(BoundQuery query)
    {
        FieldsRead fields = new(query.Root);
        fields.Visit(query.Body, isPart: false);
        return [.. fields._paths];
    }

    /// <summary>With isPart the node is the beginning of a longer path, which counts instead.</summary>
    private void Visit(BoundExpression node, bool isPart)
    {
        foreach ((Variable variable, BoundExpression source) in BoundBy(node)) _sources[variable] = PathOf(source);
        if (!isPart && PathOf(node) is { Length: > 0 } path && node is BoundField or BoundMapValue or BoundVariable) _paths.Add(path);
        foreach (BoundExpression child in BoundTree.Children(node))
        {
            bool isTarget = node switch
            {
                BoundField field => ReferenceEquals(field.Target, child),
                BoundMapValue value => ReferenceEquals(value.Target, child),
                _ => false,
            };
            Visit(child, isTarget);
        }
    }

    private string? PathOf(BoundExpression node) => node switch
    {
        BoundVariable variable => _sources.GetValueOrDefault(variable.Variable),
        BoundField field => PathOf(field.Target) is { } path ? Join(path, field.Name) : null,
        BoundMapValue value => PathOf(value.Target) is { } path ? Join(path, value.Key is BoundConstant { Value: string key } ? key : "*")
            : null,
        BoundMapParts { Values: true } parts => PathOf(parts.Target) is { } path ? Join(path, "*") : null,
        BoundSelect { Clauses: [var clause] } => PathOf(clause.Source),
        BoundHead head => PathOf(head.Source),
        BoundDistinct distinct => PathOf(distinct.Source),
        BoundRanking ranking => PathOf(ranking.Source),
        _ => null,
    };

    private static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;

    private static IEnumerable<(Variable, BoundExpression)> BoundBy(BoundExpression node) => node switch
    {
        BoundLet let => [(let.Variable, let.Value)],
        BoundQuantification quantification => quantification.Clauses.Select(c => (c.Variable, c.Source)),
        BoundSelect select => select.Clauses.Select(c => (c.Variable, c.Source)),
        BoundAggregate aggregate => aggregate.Clauses.Select(c => (c.Variable, c.Source)),
        BoundMapping mapping => [(mapping.Item, mapping.Source)],
        BoundRanking ranking => [(ranking.Item, ranking.Source)],
        BoundGrouping grouping => [(grouping.Item, grouping.Source)],
        BoundChain chain => chain.Steps.Select(s => (s.Item, chain.Source)).Append((chain.Item, chain.Source)),
        _ => [],
    };
}
