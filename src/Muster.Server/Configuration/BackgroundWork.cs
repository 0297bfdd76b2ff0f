using Muster.Services.Work;

namespace Muster.Server.Configuration;

/// <summary>
/// Takes up unfinished work before the host answers its first request, and brings all work to rest before anything that it uses is disposed.
/// </summary>
internal sealed class BackgroundWork(WorkRecovery recovery, WorkLanes lanes) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => recovery.ResumeAsync(cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken) => await lanes.DisposeAsync();
}
