using System.Diagnostics;
using Muster.Engine.Planning;

namespace Muster.Engine.Execution;

/// <summary>What one evaluator did for the current block, by node. Not thread-safe.</summary>
internal sealed class WorkCounters(CostMeter meter, int nodes)
{
    private readonly long[] _work = new long[nodes];
    private readonly long[] _ticks = new long[nodes];
    private long _inner;

    public CostMeter Meter => meter;

    /// <summary>Begins to measure a node; gives what <see cref="End"/> wants back.</summary>
    public long Begin(out long started)
    {
        long outer = _inner;
        _inner = 0;
        started = Stopwatch.GetTimestamp();
        return outer;
    }

    /// <summary>A node's own time is what passed without its inputs' time.</summary>
    public void End(Node node, long outer, long started)
    {
        long passed = Stopwatch.GetTimestamp() - started, own = passed - _inner;
        _inner = outer + passed;
        if (node.Companions is not { Count: > 0 } companions)
        {
            _ticks[node.Id] += own;
            return;
        }
        foreach (Node companion in companions) _ticks[companion.Id] += own / companions.Count;
    }

    public void Note(Node node, long units) => _work[node.Id] += units;

    /// <exception cref="WorkBudgetExceededException">The node may do no more.</exception>
    public void Spend(Node node, long units)
    {
        _work[node.Id] += units;
        if (_work[node.Id] > meter.LeftFor(node.Id)) throw new WorkBudgetExceededException(node.Id);
    }

    /// <summary>Hands over to the meter.</summary>
    public void Flush()
    {
        _inner = 0;
        meter.Take(_work, _ticks);
    }
}
