using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;

namespace Muster.Cli.Commands;

/// <summary>The <c>muster</c> command: parses, runs the verb, and turns every failure into one clear line and an exit code.</summary>
internal static class MusterCommandLine
{
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, TextWriter output, TextWriter error, TimeProvider time, CancellationToken cancellationToken)
    {
        RootCommand root = CreateRoot(time);
        ParseResult parsed = root.Parse(arguments);
        // Who asks for help has not given the rest.
        if (parsed.Errors.Count > 0 && parsed.Action is not ExampleHelp)
        {
            foreach (ParseError fault in parsed.Errors) await error.WriteLineAsync($"muster: {fault.Message}");
            await error.WriteLineAsync($"Run '{FullName(parsed.CommandResult)} --help' for usage and examples.");
            return ExitCode.WrongUsage;
        }
        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                // How long a server that was asked to end may take to bring its work to rest; then it ends anyway.
                ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
            };
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (CommandFailedException failure)
        {
            await error.WriteLineAsync($"muster: {failure.Message}");
            return failure.Code;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("muster: cancelled.");
            return ExitCode.Failed;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"muster: {failure.Message}");
            return ExitCode.Failed;
        }
        catch (Exception failure)
        {
            // The one place where nothing may pass: a person sees a line, and the whole of it only on request.
            bool isWanted = Environment.GetEnvironmentVariable("MUSTER_DEBUG") is { Length: > 0 };
            await error.WriteLineAsync(isWanted
                ? $"muster: {failure}"
                : $"muster: internal error ({failure.GetType().Name}: {failure.Message}). Set MUSTER_DEBUG=1, run it again and report what it prints.");
            return ExitCode.Failed;
        }
    }

    private static RootCommand CreateRoot(TimeProvider time)
    {
        var root = new RootCommand("Muster: customer profiles and audience segmentation with the REST API of Adobe Experience Platform.");
        foreach (Command verb in (Command[])[ServeCommand.Create(), DemoCommand.Create(time), IngestCommand.Create(time), EvaluateCommand.Create(),
            PqlCommand.Create(), StoreCommand.Create(time)])
            root.Subcommands.Add(verb);
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
            if (help.Action is HelpAction standard) help.Action = new ExampleHelp(standard);
        return root;
    }

    private static string FullName(CommandResult result)
    {
        var names = new List<string>();
        for (SymbolResult? at = result; at is CommandResult command; at = at.Parent)
            names.Insert(0, command.Command is RootCommand ? "muster" : command.Command.Name);
        return string.Join(' ', names);
    }
}
