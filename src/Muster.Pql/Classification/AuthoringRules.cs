using Muster.Pql.Binding;
using Muster.Pql.Diagnostics;

namespace Muster.Pql.Classification;

/// <summary>What editors say of a query when it is made; evaluation takes more.</summary>
internal static class AuthoringRules
{
    private const int MostChainElements = 3, MostAggregations = 3, MostNesting = 2;

    public static IReadOnlyList<Diagnostic> Of(BoundQuery query)
    {
        List<Diagnostic> found = [];
        int aggregations = 0;
        Visit(query.Body, 0);
        return found;

        void Visit(BoundExpression node, int nesting)
        {
            if (node is BoundChain chain && chain.Steps.Count > MostChainElements)
                found.Add(new Diagnostic(DiagnosticCodes.LongChain, DiagnosticSeverity.Error,
                    $"A sequence has at most {MostChainElements} elements.", node.Span));
            if (node is BoundAggregate && ++aggregations == MostAggregations + 1)
                found.Add(new Diagnostic(DiagnosticCodes.ManyAggregations, DiagnosticSeverity.Warning,
                    $"There are more than {MostAggregations} aggregations.", node.Span));
            bool goesOverElements = node is BoundSelect or BoundQuantification or BoundAggregate or BoundMapping or BoundChain or BoundMapValue;
            int inner = goesOverElements ? nesting + 1 : nesting;
            if (inner == MostNesting + 1 && goesOverElements)
                found.Add(new Diagnostic(DiagnosticCodes.DeepNesting, DiagnosticSeverity.Warning,
                    $"Arrays and maps are nested more than {MostNesting} levels deep.", node.Span));
            foreach (BoundExpression child in BoundTree.Children(node)) Visit(child, inner);
        }
    }
}
