using Muster.Services.Ingestion;
using Muster.Services.Work;

namespace Muster.Services.SystemJobs;

/// <summary>Jobs that take data out of profiles, in the lane of the sandbox's batches: what arrived before goes, what arrives later counts.</summary>
public sealed class SystemJobQueue(WorkLanes lanes, SystemJobRunner runner)
{
    /// <summary>Queues a job; one that is queued already is left alone.</summary>
    public void Add(string sandboxId, string jobId) =>
        lanes.TryAdd(BatchQueue.Lane(sandboxId), "system/" + jobId, token => runner.RunAsync(sandboxId, jobId, token));
}
