namespace Muster.Storage.Lake;

/// <summary>Work on parts in parallel whose results are taken in the order of the parts.</summary>
internal static class OrderedWork
{
    /// <summary>
    /// Runs <paramref name="work"/> on each part, at most <paramref name="width"/> at a time, and <paramref name="take"/> on the results.
    /// </summary>
    public static void Run<TPart, TResult>(
        IEnumerable<TPart> parts, int width, Func<TPart, TResult> work, Action<TResult> take, CancellationToken cancellation)
    {
        var running = new Queue<Task<TResult>>();
        try
        {
            foreach (TPart part in parts)
            {
                cancellation.ThrowIfCancellationRequested();
                if (running.Count >= width) take(running.Dequeue().GetAwaiter().GetResult());
                running.Enqueue(Task.Run(() => work(part), CancellationToken.None));
            }

            while (running.Count > 0) take(running.Dequeue().GetAwaiter().GetResult());
        }
        finally
        {
            // After a failure: nobody may still use what the caller is about to give back.
            Task.WaitAll(running.Select(t => t.ContinueWith(_ => { }, TaskScheduler.Default)).ToArray(), CancellationToken.None);
        }
    }
}
