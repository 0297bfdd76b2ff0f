using System.CommandLine;
using Muster.Storage.DuckDb;
using Muster.Storage.Maintenance;

namespace Muster.Cli.Commands;

/// <summary><c>muster store rebuild</c> and <c>compact</c>: work that needs the folder for itself.</summary>
internal static class StoreWorkCommand
{
    public static Command CreateRebuild(TimeProvider time) => Create(
        "rebuild", "Makes all that is derived anew from the lake. No server may run on the folder.", time,
        (maintenance, cancellationToken) => maintenance.RebuildAsync(cancellationToken), n => $"Rebuilt {n} sandboxes.");

    public static Command CreateCompact(TimeProvider time) => Create(
        "compact", "Makes one run of many where that is due; a server does so by itself. No server may run on the folder.", time,
        (maintenance, cancellationToken) => maintenance.CompactAsync(cancellationToken), n => $"Compacted {n} views.");

    private static Command Create(string name, string description, TimeProvider time,
        Func<StoreMaintenance, CancellationToken, Task<int>> work, Func<int, string> say)
    {
        Option<string> data = StoreCommand.Data();
        var command = new VerbCommand(name, description, $"muster store {name} --data /srv/muster") { data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                int done = await work(new StoreMaintenance(StoreCommand.Folder(parsed, data), DuckDbOptions.Default, time), cancellationToken);
                await parsed.InvocationConfiguration.Output.WriteLineAsync(say(done));
                return ExitCode.Success;
            }
            catch (InvalidDataException fault)
            {
                throw new CommandFailedException(fault.Message);
            }
        });
        return command;
    }
}
