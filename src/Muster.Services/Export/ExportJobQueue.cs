using System.Globalization;
using Muster.Services.Work;

namespace Muster.Services.Export;

/// <summary>The exports that wait for their turn: one at a time a sandbox.</summary>
public sealed class ExportJobQueue(WorkLanes lanes, ExportJobRunner runner)
{
    /// <summary>The most exports that may wait in one sandbox.</summary>
    public const int Capacity = 100;

    /// <summary>True if the sandbox has as many waiting exports as it may.</summary>
    public bool IsFull(string sandboxId) => lanes.Count(Lane(sandboxId)) >= Capacity;

    /// <summary>Queues an export; one that is queued already is left alone.</summary>
    public void Add(string sandboxId, long jobId) =>
        lanes.TryAdd(Lane(sandboxId), Id(jobId), token => runner.RunAsync(sandboxId, jobId, token));

    /// <summary>Interrupts a waiting or running export.</summary>
    public void Cancel(string sandboxId, long jobId) => lanes.Cancel(Lane(sandboxId), Id(jobId));

    private static string Lane(string sandboxId) => "export/" + sandboxId;

    private static string Id(long jobId) => jobId.ToString(CultureInfo.InvariantCulture);
}
