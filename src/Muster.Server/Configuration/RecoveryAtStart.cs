using Muster.Services.Work;

namespace Muster.Server.Configuration;

/// <summary>Takes up unfinished work before the host answers its first request.</summary>
internal sealed class RecoveryAtStart(WorkRecovery recovery) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => recovery.ResumeAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
