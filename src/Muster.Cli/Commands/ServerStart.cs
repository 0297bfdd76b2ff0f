using Microsoft.AspNetCore.Builder;
using Muster.Server;
using Muster.Storage;

namespace Muster.Cli.Commands;

/// <summary>Starts the server in this process, with the usual faults explained.</summary>
internal static class ServerStart
{
    public static async Task<WebApplication> StartAsync(ServerOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> faults = options.Validate();
        if (faults.Count > 0) throw new CommandFailedException(string.Join(' ', faults), ExitCode.WrongUsage);
        WebApplication server = Build(options);
        try
        {
            await server.StartAsync(cancellationToken);
            return server;
        }
        catch (IOException fault) when (fault.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await server.DisposeAsync();
            throw new CommandFailedException(
                $"{string.Join(' ', options.Urls)} is in use: stop what listens there, or give another address with --urls (port 0 takes a free one).");
        }
    }

    private static WebApplication Build(ServerOptions options)
    {
        try
        {
            return MusterServer.Build(options);
        }
        catch (DataFolderInUseException fault)
        {
            throw new CommandFailedException(fault.Message);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"The data folder '{options.DataFolder}' cannot be used: {fault.Message} Give another one with --data.");
        }
    }
}
