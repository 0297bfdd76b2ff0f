using System.Collections.Concurrent;

namespace Muster.Storage.ControlPlane;

/// <summary>
/// Keeps what was read from the control plane until anything is committed to it. A value is never older than the moment of asking.
/// Thread-safe.
/// </summary>
/// <param name="changes">Tells when to forget.</param>
/// <param name="load">Reads a value.</param>
public sealed class ControlPlaneCache<TKey, TValue>(ControlPlaneChanges changes, Func<TKey, CancellationToken, Task<TValue>> load)
    where TKey : notnull
{
    /// <summary>The most values that are kept: keys come from clients.</summary>
    public const int Capacity = 10_000;

    private volatile Generation _generation = new(long.MinValue);

    /// <summary>The value of a key.</summary>
    public ValueTask<TValue> GetAsync(TKey key, CancellationToken cancellationToken)
    {
        // The version is read before the value: a commit in between makes the value newer than its version, never older.
        long version = changes.Version;
        Generation generation = _generation;
        if (generation.Version != version) _generation = generation = new Generation(version);
        return generation.Values.TryGetValue(key, out TValue? value)
            ? ValueTask.FromResult(value)
            : new(LoadAsync(generation, key, cancellationToken));
    }

    private async Task<TValue> LoadAsync(Generation generation, TKey key, CancellationToken cancellationToken)
    {
        TValue value = await load(key, cancellationToken).ConfigureAwait(false);
        if (generation.Values.Count < Capacity) generation.Values.TryAdd(key, value);
        return value;
    }

    private sealed record Generation(long Version)
    {
        public ConcurrentDictionary<TKey, TValue> Values { get; } = new();
    }
}
