using System.Diagnostics;
using Muster.Engine.Planning;

namespace Muster.Engine.Execution;

/// <summary>
/// Adds up what the evaluation of a plan costs, and stops definitions that go over their budget. One for an evaluation over many blocks;
/// thread-safe.
/// </summary>
public sealed class CostMeter
{
    private readonly EvaluationPlan _plan;
    private readonly WorkBudget _budget;
    private readonly int[] _users;
    private readonly int[][] _nodes;
    private readonly long[] _work;
    private readonly long[] _ticks;
    private readonly string?[] _failures;
    private readonly Lock _lock = new();

    /// <summary>Makes a meter for one evaluation of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="budget">What definitions may cost; null for <see cref="WorkBudget.Unlimited"/>.</param>
    public CostMeter(EvaluationPlan plan, WorkBudget? budget = null)
    {
        (_plan, _budget) = (plan, budget ?? WorkBudget.Unlimited);
        int nodes = plan.Graph.Nodes.Count;
        (_users, _work, _ticks) = (new int[nodes], new long[nodes], new long[nodes]);
        _failures = new string?[plan.Roots.Count];
        _nodes = plan.Roots.Select(root => root is null ? [] : EvaluationPlan.Reachable([root]).Select(node => node.Id).ToArray())
            .ToArray();
        foreach (int node in _nodes.SelectMany(ids => ids)) _users[node]++;
    }

    /// <summary>The segments that went over their budget, by id, with a sentence: whatever was found of them does not count.</summary>
    public IReadOnlyDictionary<string, string> Failures
    {
        get
        {
            lock (_lock)
            {
                var failures = new Dictionary<string, string>(StringComparer.Ordinal);
                for (int i = 0; i < _failures.Length; i++)
                    if (_failures[i] is { } why) failures.Add(_plan.Segments[i].Id, why);
                return failures;
            }
        }
    }

    internal bool IsOf(EvaluationPlan plan) => _plan == plan;

    /// <summary>True if a segment failed already; it need not be evaluated any more.</summary>
    internal bool HasFailed(int segment) => Volatile.Read(ref _failures[segment]) is not null;

    /// <summary>The work that a node may still do, by all evaluators together.</summary>
    internal long LeftFor(int node) => LimitOf(node) - Interlocked.Read(ref _work[node]);

    /// <summary>A node went over its budget.</summary>
    internal void Fail(int node)
    {
        string whose = _users[node] == 1 ? "Its expression" : $"An expression that it shares with {_users[node] - 1} others";
        string why = string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{whose} needs more than {LimitOf(node)} units of work: {_plan.Graph.Nodes[node].Text}.");
        lock (_lock)
        {
            for (int i = 0; i < _nodes.Length; i++)
                if (_nodes[i].Contains(node)) _failures[i] ??= why;
        }
    }

    /// <summary>Takes over what an evaluator did for one block, and zeroes its counters.</summary>
    internal void Take(long[] work, long[] ticks)
    {
        lock (_lock)
        {
            for (int i = 0; i < work.Length; i++)
            {
                if (work[i] != 0) Interlocked.Add(ref _work[i], work[i]);
                _ticks[i] += ticks[i];
            }
            if (_budget != WorkBudget.Unlimited) FailTheExpensive();
        }
        Array.Clear(work);
        Array.Clear(ticks);
    }

    /// <summary>What was spent so far.</summary>
    public CostReport Report()
    {
        lock (_lock)
        {
            double perTick = 1000.0 / Stopwatch.Frequency;
            SegmentCost[] segments = _plan.Segments.Select((segment, i) => new SegmentCost(
                segment.Id, ShareOf(i, _work), ShareOf(i, _ticks) * perTick, OwnOf(i, _work), OwnOf(i, _ticks) * perTick, _failures[i]))
                    .ToArray();
            ExpressionCost[] expressions = _plan.Nodes.Select(node => new ExpressionCost(
                node.Id, node.Domain.Text, node.Text, _users[node.Id], _work[node.Id], _ticks[node.Id] * perTick)).ToArray();
            return new CostReport(_work.Sum(), _ticks.Sum() * perTick, segments, expressions);
        }
    }

    private void FailTheExpensive()
    {
        for (int node = 0; node < _work.Length; node++)
            if (_work[node] > LimitOf(node)) Fail(node);
        for (int i = 0; i < _failures.Length; i++)
            if (_failures[i] is null && ShareOf(i, _work) > _budget.PerDefinition)
                _failures[i] = string.Create(System.Globalization.CultureInfo.InvariantCulture,
                    $"It needs more than {_budget.PerDefinition} units of work.");
    }

    private long LimitOf(int node) => _users[node] == 1 ? Math.Min(_budget.PerExpression, _budget.PerDefinition) : _budget.PerExpression;

    private double ShareOf(int segment, long[] amounts)
    {
        double share = 0;
        foreach (int node in _nodes[segment]) share += (double)amounts[node] / _users[node];
        return share;
    }

    private long OwnOf(int segment, long[] amounts)
    {
        long own = 0;
        foreach (int node in _nodes[segment])
            if (_users[node] == 1) own += amounts[node];
        return own;
    }
}
