using System.CommandLine;
using Muster.Storage;
using Muster.Storage.Files;
using Muster.Storage.Maintenance;

namespace Muster.Cli.Commands;

/// <summary><c>muster store restore</c>: a new data folder from a backup.</summary>
internal static class StoreRestoreCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("BACKUP") { Description = "What 'muster store backup' wrote." };
        Option<string> data = StoreCommand.Data();
        var command = new VerbCommand("restore", "Makes a new data folder from a backup, every file verified.",
            "muster store restore /backup/monday.tar --data /srv/muster-restored")
        {
            source, data,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string path = parsed.GetValue(source)!;
            if (!File.Exists(path) && !Directory.Exists(path)) throw new CommandFailedException($"There is no backup '{path}'.");
            DataFolder folder = StoreCommand.Folder(parsed, data);
            BackupContents contents = await new StoreRestore(DurableFiles.Plain).ReadAsync(path, folder.Root, null, cancellationToken);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(
                $"Restored {contents.Files.Count} files, {StoreCommand.Size(contents.TotalBytes())}, to {folder.Root}");
            return ExitCode.Success;
        });
        return command;
    }
}
