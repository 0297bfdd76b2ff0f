using System.CommandLine;
using Muster.Pql;
using Muster.Services.Offline;

namespace Muster.Cli.Commands;

/// <summary><c>muster pql</c>: the language without data.</summary>
internal static class PqlCommand
{
    public static Command Create()
    {
        var command = new VerbCommand("pql", "Checks and converts PQL.",
            """muster pql check 'homeAddress.country = "US"'""",
            "muster pql convert segments.jsonl --to json");
        command.Subcommands.Add(PqlCheckCommand.Create());
        command.Subcommands.Add(PqlConvertCommand.Create());
        command.Subcommands.Add(PqlClassifyCommand.Create());
        command.Subcommands.Add(PqlDocsCommand.Create());
        return command;
    }

    /// <summary>The argument of both verbs.</summary>
    public static Argument<string> Input() => new("FILE|EXPRESSION")
    {
        Description = """A file with one {"id","pql","format"?} a line, or a query (pql/text, or a pql/json tree).""",
    };

    /// <summary>The queries that the argument means: the lines of a file that exists, else the argument itself, without an id.</summary>
    public static IReadOnlyList<SegmentLine> Read(string input)
    {
        if (File.Exists(input)) return SegmentLines.Read(input);
        if (input.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) || input.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            throw new CommandFailedException($"There is no file '{input}'.");
        bool isTree = input.TrimStart().StartsWith('{') && input.Contains("\"nodeType\"", StringComparison.Ordinal);
        return [new SegmentLine(1, null, input, isTree ? PqlFormat.Json : PqlFormat.Text, null)];
    }
}
