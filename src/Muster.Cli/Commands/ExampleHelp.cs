using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Muster.Cli.Commands;

/// <summary>The library's help, then the verb's examples and the exit codes.</summary>
internal sealed class ExampleHelp(HelpAction inner) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        int code = inner.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is VerbCommand { Examples.Count: > 0 } verb)
        {
            output.WriteLine("Examples:");
            foreach (string example in verb.Examples) output.WriteLine($"  {example}");
            output.WriteLine();
        }
        output.WriteLine("Exit codes: 0 success, 1 something failed, 2 wrong usage.");
        return code;
    }
}
