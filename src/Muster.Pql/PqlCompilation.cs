using Muster.Pql.Binding;
using Muster.Pql.Diagnostics;

namespace Muster.Pql;

/// <summary>The result of compiling a query: never an exception, whatever the text.</summary>
/// <param name="Query">The bound query; null if there is an error.</param>
/// <param name="Diagnostics">In order of position; errors and warnings.</param>
public sealed record PqlCompilation(BoundQuery? Query, IReadOnlyList<Diagnostic> Diagnostics)
{
    /// <summary>True if no diagnostic is an error.</summary>
    public bool Succeeded => Query is not null;
}

/// <summary>A query ready to evaluate.</summary>
/// <param name="Root">The profile: the only free variable of <paramref name="Body"/>.</param>
/// <param name="Body">Boolean when compiled as a segment.</param>
public sealed record BoundQuery(Variable Root, BoundExpression Body);

/// <summary>The result of converting a query between its forms.</summary>
/// <param name="Converted">The query in the other form; null if there is an error.</param>
/// <param name="Diagnostics">In order of position; errors and warnings.</param>
public sealed record PqlConversion(string? Converted, IReadOnlyList<Diagnostic> Diagnostics);
