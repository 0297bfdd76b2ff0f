using System.CommandLine;
using Muster.Storage;
using Spectre.Console;

namespace Muster.Cli.Commands;

/// <summary><c>muster store</c>: looking after a data folder.</summary>
internal static class StoreCommand
{
    public static Command Create(TimeProvider time)
    {
        var command = new VerbCommand("store", "Looks after a data folder.",
            "muster store info",
            "muster store verify --data /srv/muster --json",
            "muster store backup /backup/muster-monday.tar --data /srv/muster",
            "muster store restore /backup/muster-monday.tar --data /srv/muster-restored");
        foreach (Command verb in (Command[])[
            StoreVerifyCommand.Create(), StoreWorkCommand.CreateRebuild(time), StoreWorkCommand.CreateCompact(time), StoreBackupCommand.Create(time),
            StoreRestoreCommand.Create(), StoreInfoCommand.Create()])
            command.Subcommands.Add(verb);
        return command;
    }

    /// <summary>The option that all verbs have.</summary>
    public static Option<string> Data() => new("--data")
    {
        Description = $"The data folder. Default: MUSTER_DATA or {ServeCommand.DefaultFolder}.",
        HelpName = "DIR",
    };

    /// <summary>The option of verbs that programs may ask.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Prints one JSON object, for programs." };

    /// <summary>The folder that is meant.</summary>
    public static DataFolder Folder(ParseResult parsed, Option<string> data) => new(Path.GetFullPath(
        parsed.GetValue(data) ?? (Environment.GetEnvironmentVariable("MUSTER_DATA") is { Length: > 0 } value ? value : ServeCommand.DefaultFolder)));

    /// <summary>Where tables go.</summary>
    public static IAnsiConsole Console(ParseResult parsed)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(parsed.InvocationConfiguration.Output) });
        // A table in a file or a pipe has no window that it must fit.
        console.Profile.Width = Math.Max(console.Profile.Width, 140);
        return console;
    }

    /// <summary>A number of bytes as people read it.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 10_000 => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes} B"),
        < 10_000_000 => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / 1e3:0} kB"),
        < 10_000_000_000 => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB"),
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB"),
    };
}
