using Muster.Services.Work;

namespace Muster.Services.Segmentation.Jobs;

/// <summary>The segment jobs that wait for their turn: one at a time a sandbox.</summary>
public sealed class SegmentJobQueue(WorkLanes lanes, SegmentJobRunner runner)
{
    /// <summary>The most jobs that may wait in one sandbox.</summary>
    public const int Capacity = 100;

    /// <summary>True if the sandbox has as many waiting jobs as it may.</summary>
    public bool IsFull(string sandboxId) => lanes.Count(Lane(sandboxId)) >= Capacity;

    /// <summary>Queues a job; one that is queued already is left alone.</summary>
    public void Add(string sandboxId, string jobId) =>
        lanes.TryAdd(Lane(sandboxId), jobId, token => runner.RunAsync(sandboxId, jobId, token));

    /// <summary>Completes when a queued job has ended.</summary>
    public Task WhenEndedAsync(string sandboxId, string jobId) => lanes.WhenEndedAsync(Lane(sandboxId), jobId);

    /// <summary>Interrupts a waiting or running job.</summary>
    public void Cancel(string sandboxId, string jobId) => lanes.Cancel(Lane(sandboxId), jobId);

    private static string Lane(string sandboxId) => "segmentation/" + sandboxId;
}
