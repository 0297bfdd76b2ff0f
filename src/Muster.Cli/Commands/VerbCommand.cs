using System.CommandLine;

namespace Muster.Cli.Commands;

/// <summary>A verb of <c>muster</c>, with examples that its help shows.</summary>
internal sealed class VerbCommand(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Whole command lines, as a person would type them.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}
