using System.CommandLine;
using Muster.Storage.Maintenance;

namespace Muster.Cli.Commands;

/// <summary><c>muster store backup</c>: a copy of a data folder, also while a server runs on it.</summary>
internal static class StoreBackupCommand
{
    public static Command Create(TimeProvider time)
    {
        var target = new Argument<string>("TARGET") { Description = "A new folder, or a new file whose name ends in .tar." };
        Option<string> data = StoreCommand.Data();
        var command = new VerbCommand("backup", "Copies the data folder; a server may run on it meanwhile.",
            "muster store backup /backup/monday",
            "muster store backup /backup/monday.tar --data /srv/muster")
        {
            target, data,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string path = parsed.GetValue(target)!;
            BackupContents contents = await new StoreBackup(StoreCommand.Folder(parsed, data), time).WriteAsync(path, null, cancellationToken);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(
                $"Backed up {contents.Files.Count} files, {StoreCommand.Size(contents.TotalBytes())}, to {Path.GetFullPath(path)}");
            return ExitCode.Success;
        });
        return command;
    }
}
