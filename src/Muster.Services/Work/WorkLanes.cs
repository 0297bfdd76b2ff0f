using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Muster.Services.Work;

/// <summary>
/// Background work in lanes: the items of a lane run one after another, lanes run side by side. The rows of the control plane are the truth
/// of what is to be done; a lane holds only what this process has been told of, so a restart fills it again from the rows. A lane takes all
/// it is given: work whose row is written must not be turned away, so whoever accepts work from clients looks at <see cref="Count"/> first.
/// Thread-safe.
/// </summary>
public sealed class WorkLanes(ILogger<WorkLanes> logger) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Adds an item.</summary>
    /// <param name="lane">Which lane; made when it is new.</param>
    /// <param name="id">Names the item for <see cref="Cancel"/>.</param>
    /// <param name="work">Runs once. Its token is cancelled by <see cref="Cancel"/> and when the process stops; it must see to its own
    /// rows.</param>
    /// <returns>False if the lane has an item of that id or the process is stopping: nothing was added.</returns>
    public bool TryAdd(string lane, string id, Func<CancellationToken, Task> work)
    {
        if (_stopping.IsCancellationRequested) return false;
        return _lanes.GetOrAdd(lane, _ => new Lane(logger, _stopping.Token)).TryAdd(id, work);
    }

    /// <summary>The number of items that wait or run in a lane.</summary>
    public int Count(string lane) => _lanes.TryGetValue(lane, out Lane? found) ? found.Count : 0;

    /// <summary>Completes when an item that waits or runs has ended, however it ended; at once if the lane has none of that id.</summary>
    public Task WhenEndedAsync(string lane, string id) => _lanes.TryGetValue(lane, out Lane? found) ? found.WhenEndedAsync(id)
        : Task.CompletedTask;

    /// <summary>Cancels the token of a waiting or running item; false if the lane has none of that id.</summary>
    public bool Cancel(string lane, string id) => _lanes.TryGetValue(lane, out Lane? found) && found.Cancel(id);

    /// <summary>Cancels all that waits or runs in some lanes, and returns when it has ended.</summary>
    public async Task EndAsync(Func<string, bool> isMeant)
    {
        foreach ((string name, Lane lane) in _lanes)
            if (isMeant(name)) await lane.EndAsync().ConfigureAwait(false);
    }

    /// <summary>True once the process is stopping: a cancelled item was then interrupted and not cancelled by anyone.</summary>
    public bool IsStopping => _stopping.IsCancellationRequested;

    /// <summary>Cancels what runs, drops what waits, and returns when all lanes are at rest.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (Lane lane in _lanes.Values) await lane.CompleteAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private sealed class Lane
    {
        private readonly Channel<Item> _items = Channel.CreateUnbounded<Item>(new UnboundedChannelOptions { SingleReader = true });
        private readonly ConcurrentDictionary<string, Item> _byId = new(StringComparer.Ordinal);
        private readonly ILogger _logger;
        private readonly CancellationToken _stopping;
        private readonly Task _loop;

        public Lane(ILogger logger, CancellationToken stopping)
        {
            _logger = logger;
            _stopping = stopping;
            _loop = Task.Run(RunAsync, CancellationToken.None);
        }

        public int Count => _byId.Count;

        public bool TryAdd(string id, Func<CancellationToken, Task> work)
        {
            var item = new Item(id, work, CancellationTokenSource.CreateLinkedTokenSource(_stopping));
            if (!_byId.TryAdd(id, item)) return false;
            if (_items.Writer.TryWrite(item)) return true;
            _byId.TryRemove(id, out _);
            return false;
        }

        public Task WhenEndedAsync(string id) => _byId.TryGetValue(id, out Item? item) ? item.Ended.Task : Task.CompletedTask;

        public bool Cancel(string id)
        {
            if (!_byId.TryGetValue(id, out Item? item)) return false;
            try
            {
                item.Cancellation.Cancel();
                return true;
            }
            catch (ObjectDisposedException)
            {
                return false; // It ended just now.
            }
        }

        public async Task EndAsync()
        {
            Item[] items = [.. _byId.Values];
            foreach (Item item in items) Cancel(item.Id);
            foreach (Item item in items) await item.Ended.Task.ConfigureAwait(false);
        }

        public async Task CompleteAsync()
        {
            _items.Writer.TryComplete();
            await _loop.ConfigureAwait(false);
        }

        private async Task RunAsync()
        {
            await foreach (Item item in _items.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                try
                {
                    if (!_stopping.IsCancellationRequested) await item.Work(item.Cancellation.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (item.Cancellation.IsCancellationRequested)
                {
                    // Asked for: the work has left its rows as they must be.
                }
#pragma warning disable CA1031 // The loop is a process boundary: one broken item must not stop the lane.
                catch (Exception exception)
                {
                    _logger.LogError(exception, "Background work {Id} failed", item.Id);
                }
#pragma warning restore CA1031
                _byId.TryRemove(item.Id, out _);
                item.Ended.SetResult();
                item.Cancellation.Dispose();
            }
        }
    }

    private sealed record Item(string Id, Func<CancellationToken, Task> Work, CancellationTokenSource Cancellation)
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
