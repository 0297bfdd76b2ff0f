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

    /// <summary>The page of the documentation: one of <see cref="FunctionCatalogue.Groups"/>.</summary>
    public string Group { get; init; } = "";

    /// <summary>At least one; each is evaluated by a test, over <see cref="SampleProfile"/>.</summary>
    public IReadOnlyList<FunctionExample> Examples { get; init; } = [];

    internal FunctionDefinition Shown(params string[] examples) => this with { Examples = examples.Select(FunctionExample.Of).ToArray() };
}

/// <summary>An expression and its value.</summary>
/// <param name="Query">In pql/text.</param>
/// <param name="Result">As JSON; times are texts.</param>
public sealed record FunctionExample(string Query, string Result)
{
    private const string Arrow = " \u2192 ";

    internal static FunctionExample Of(string text)
    {
        int arrow = text.LastIndexOf(Arrow, StringComparison.Ordinal);
        return new FunctionExample(text[..arrow].Trim(), text[(arrow + Arrow.Length)..].Trim());
    }
}

/// <summary>
/// A function without a node of its own: whoever evaluates computes it by name. A null argument makes the result null, of a test false.
/// </summary>
/// <param name="Parameters">The types that arguments are converted to; Double takes numbers of both kinds as they are, Unknown
/// anything.</param>
/// <param name="Result">The type of the result; null for that of the first argument.</param>
public sealed record ScalarFunction(IReadOnlyList<DataType> Parameters, DataType? Result)
{
    /// <summary>True if the result depends on the run's instant.</summary>
    public bool DependsOnNow { get; init; }

    /// <summary>The type of an argument; there may be more arguments than parameters, of the type of the last one.</summary>
    public DataType ParameterAt(int index) => Parameters[Math.Min(index, Parameters.Count - 1)];
}
