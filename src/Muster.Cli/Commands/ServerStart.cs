using Microsoft.AspNetCore.Builder;
using Muster.Server;

namespace Muster.Cli.Commands;

/// <summary>Starts the server in this process, with the usual faults explained.</summary>
internal static class ServerStart
{
    public static async Task<WebApplication> StartAsync(ServerOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> faults = options.Validate();
        if (faults.Count > 0) throw new CommandFailedException(string.Join(' ', faults), ExitCode.WrongUsage);
        WebApplication server = MusterServer.Build(options);
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
}
