using Muster.Pql.Types;

namespace Muster.Pql.Functions;

/// <summary>A function of the language, as people look it up. The receiver of a method is its first argument.</summary>
/// <param name="Name">Case-sensitive.</param>
/// <param name="Signature">Receiver, arguments and result, for people.</param>
/// <param name="Minimum">Fewest arguments, the receiver included.</param>
/// <param name="Maximum">Most arguments.</param>
/// <param name="OfNull">The result when the receiver or a required argument is null.</param>
/// <param name="Summary">What it does, in one line.</param>
public sealed record FunctionDefinition(string Name, string Signature, int Minimum, int Maximum, string OfNull, string Summary)
{
    /// <summary>For plain functions of scalars: their types. Null where the binder has a node for the function.</summary>
    public ScalarFunction? Scalar { get; init; }
}

/// <summary>A function without a node of its own: whoever evaluates computes it by name. A null argument makes the result null.</summary>
/// <param name="Parameters">The types that arguments are converted to.</param>
/// <param name="Result">The type of the result.</param>
public sealed record ScalarFunction(IReadOnlyList<DataType> Parameters, DataType Result)
{
    /// <summary>True if the result depends on the run's instant.</summary>
    public bool DependsOnNow { get; init; }
}
