namespace Muster.Engine.Planning;

/// <summary>The segments of a plan so that each comes after those it refers to, and those that cannot be ordered.</summary>
internal sealed class SegmentOrder
{
    private readonly Dictionary<string, SegmentQuery> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _isDone = new(StringComparer.Ordinal);
    private readonly List<SegmentQuery> _evaluable = [];
    private readonly Dictionary<string, string> _errors = new(StringComparer.Ordinal);

    private SegmentOrder()
    {
    }

    public IReadOnlyList<SegmentQuery> Evaluable => _evaluable;

    public IReadOnlyDictionary<string, string> Errors => _errors;

    public static SegmentOrder Of(IReadOnlyList<SegmentQuery> segments)
    {
        var order = new SegmentOrder();
        foreach (SegmentQuery segment in segments)
            if (!order._byId.TryAdd(segment.Id, segment)) throw new ArgumentException($"Two segments are called '{segment.Id}'.", nameof(segments));
        foreach (SegmentQuery segment in segments) order.Visit(segment);
        return order;
    }

    /// <summary>False if the segment is on a cycle or refers to one that has an error.</summary>
    private bool Visit(SegmentQuery segment)
    {
        if (_isDone.TryGetValue(segment.Id, out bool done))
        {
            if (!done) _errors.TryAdd(segment.Id, "It refers to itself through inSegment.");
            return !_errors.ContainsKey(segment.Id);
        }
        _isDone[segment.Id] = false;
        foreach (string id in BoundQuestions.SegmentsOf(segment.Query.Body))
            if (_byId.TryGetValue(id, out SegmentQuery? referred) && !Visit(referred))
                _errors.TryAdd(segment.Id, $"It refers to '{id}', which cannot be evaluated.");
        _isDone[segment.Id] = true;
        if (_errors.ContainsKey(segment.Id)) return false;
        _evaluable.Add(segment);
        return true;
    }
}
