using Muster.Storage.Files;

namespace Muster.Services.Tests.Outages;

/// <summary>Fails at a step as a full disk would, as long as it is told to.</summary>
internal sealed class FaultySteps(StoreStep at) : StoreSteps
{
    // What the system calls ENOSPC.
    private const int NoSpace = 28;

    private volatile bool _isFull;
    private TaskCompletionSource _met = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether there is no room.</summary>
    public bool IsFull
    {
        get => _isFull;
        set
        {
            if (value) _met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _isFull = value;
        }
    }

    /// <summary>Completes when somebody has met the full disk since it became full.</summary>
    public Task WhenMetAsync() => _met.Task;

    public override void Reached(StoreStep step)
    {
        if (step != at || !_isFull) return;
        _met.TrySetResult();
        throw new IOException("No space left on device", NoSpace);
    }
}
