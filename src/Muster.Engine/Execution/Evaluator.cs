using Muster.Engine.Columns;
using Muster.Engine.Planning;
using Muster.Pql.Types;

namespace Muster.Engine.Execution;

/// <summary>
/// Evaluates a plan over blocks, one at a time, and owns the buffers and the tables per dictionary that this takes: one evaluator a thread,
/// used again for each block. Not thread-safe; made by <see cref="EvaluationPlan.CreateEvaluator"/>.
/// </summary>
public sealed class Evaluator
{
    private readonly EvaluationPlan? _plan;
    private readonly Frame? _onlyFrame;
    private readonly (Vector? Vector, long Stamp)[] _vectors;
    private readonly Frame?[] _frames;
    private readonly (int[]? Rows, Level? Level, long Stamp)[] _sources;
    private readonly object?[] _states;
    private readonly Arena _arena = new();
    private readonly Stack<Arena> _spareArenas = [];
    private long _lastStamp;
    private WorkCounters? _work;

    internal Evaluator(EvaluationPlan plan)
    {
        _plan = plan;
        _vectors = new (Vector?, long)[plan.Graph.Nodes.Count];
        _states = new object?[plan.Graph.Nodes.Count];
        _frames = new Frame?[plan.Graph.DomainCount];
        _sources = new (int[]?, Level?, long)[plan.Graph.SourceCount];
    }

    private Evaluator(Domain profiles, long now)
    {
        (_vectors, _states, _frames, _sources) = ([], [], [], []);
        Now = now;
        _onlyFrame = new Frame(profiles, 1, NextStamp(), _arena);
    }

    /// <summary>What is told what the next blocks cost; null for none.</summary>
    internal CostMeter? Meter
    {
        get => _work?.Meter;
        set
        {
            if (value is not null && !value.IsOf(Plan)) throw new ArgumentException("The meter is of another plan.", nameof(value));
            if (_work?.Meter != value) _work = value is null ? null : new WorkCounters(value, _vectors.Length);
        }
    }

    internal Block Block { get; private set; } = new([], null, new Level(0, null, new Dictionary<string, Column>(), new Dictionary<string, Level>()));

    /// <summary>The run's instant in milliseconds since the epoch.</summary>
    internal long Now { get; private set; }

    internal ISegmentMembers Members { get; private set; } = NoSegmentMembers.Instance;

    internal ProfileSchema Schema => Plan.Schema;

    private EvaluationPlan Plan => _plan ?? throw new InvalidOperationException("Constants belong to no plan.");

    /// <summary>The value that a node of constants has in every row; null if whole numbers go beyond 64 bits, which a vector cannot say.</summary>
    internal static Vector? OfOneRow(Node node, long now)
    {
        var evaluator = new Evaluator(node.Domain, now);
        Vector vector = node.Evaluate(evaluator, evaluator._onlyFrame!);
        return evaluator.HasOverflow ? null : vector;
    }

    /// <summary>True if whole numbers of this block went beyond 64 bits somewhere.</summary>
    internal bool HasOverflow { get; private set; }

    /// <summary>Says that a node of whole numbers has a value that its vector cannot hold: <see cref="Nodes.ExactNode"/> sees to it.</summary>
    internal void NoteOverflow() => HasOverflow = true;

    /// <summary>Evaluates all segments of the plan over a block.</summary>
    /// <param name="block">Must hold what <see cref="EvaluationPlan.Request"/> names as far as the data has it.</param>
    /// <param name="now">The run's instant in milliseconds since the epoch.</param>
    /// <param name="members">Asked for segments that are not part of the plan.</param>
    /// <param name="result">Overwritten; only rows that count are members.</param>
    /// <exception cref="ArgumentException">The plan was made for another instant.</exception>
    public void Evaluate(Block block, long now, ISegmentMembers members, EvaluationResult result)
    {
        if (Plan.Options.AsOf is { } asOf && asOf != now)
            throw new ArgumentException("The plan was made for another instant.", nameof(now));
        (Block, Now, Members) = (block, now, members);
        HasOverflow = false;
        _arena.Reset();
        Array.Clear(_frames);
        _frames[Plan.Graph.Profiles.Id] = new Frame(Plan.Graph.Profiles, block.Count, NextStamp(), _arena) { Level = block.Profiles };
        result.Prepare(Plan.Roots.Count, block.Count);
        int words = Bitmaps.Words(block.Count);
        for (int segment = 0; segment < Plan.Roots.Count; segment++)
        {
            Span<ulong> target = result.Writable(segment);
            if (MembersOf(segment) is not { } bits)
            {
                target.Clear();
                continue;
            }
            bits.AsSpan(0, words).CopyTo(target);
            if (block.Alive is null) continue;
            for (int i = 0; i < words; i++) target[i] &= block.Alive[i];
        }
        _work?.Flush();
    }

    private ulong[]? MembersOf(int segment)
    {
        if (Plan.Roots[segment] is not { } root || Meter?.HasFailed(segment) == true) return null;
        try
        {
            return Get(root).Bits;
        }
        catch (WorkBudgetExceededException exceeded)
        {
            Meter!.Fail(exceeded.Node);
            return null;
        }
    }

    internal Vector Get(Node node)
    {
        if (_onlyFrame is not null) return node.Evaluate(this, _onlyFrame);
        Frame frame = FrameOf(node.Domain);
        (Vector? vector, long stamp) = _vectors[node.Id];
        if (vector is not null && stamp == frame.Stamp) return vector;
        if (_work is null)
        {
            vector = node.Evaluate(this, frame);
        }
        else
        {
            long outer = _work.Begin(out long started);
            vector = node.Evaluate(this, frame);
            _work.End(node, outer, started);
            _work.Spend(node, node.WorkOf(this, frame));
        }
        _vectors[node.Id] = (vector, frame.Stamp);
        return vector;
    }

    /// <summary>Notes work that a node did beyond what it says of itself.</summary>
    /// <exception cref="WorkBudgetExceededException">The node may do no more.</exception>
    internal void Spend(Node node, long units) => _work?.Spend(node, units);

    /// <summary>Stores the vector of a node that was computed along with another one.</summary>
    internal void Put(Node node, Frame frame, Vector vector)
    {
        _vectors[node.Id] = (vector, frame.Stamp);
        // It may belong to other segments than the one being evaluated, so that it fails those, not this one, at the end of the block.
        _work?.Note(node, node.WorkOf(this, frame));
    }

    internal bool Has(Node node, Frame frame) => _vectors[node.Id] is ({ }, var stamp) && stamp == frame.Stamp;

    /// <summary>Truth of a node for the rows of a mask; asks an expensive node for these rows only, unless all are known already.</summary>
    internal ulong[] Within(Node node, Frame frame, ulong[] mask)
    {
        if (!node.IsExpensive || node.Domain != frame.Domain || Has(node, frame)) return Get(node).Bits;
        if (_work is null) return node.EvaluateWithin(this, frame, mask);
        long outer = _work.Begin(out long started);
        ulong[] bits = node.EvaluateWithin(this, frame, mask);
        _work.End(node, outer, started);
        _work.Spend(node, frame.Words);
        return bits;
    }

    /// <summary>What a node keeps between blocks.</summary>
    internal T State<T>(Node node, Func<T> make) where T : class => _onlyFrame is not null ? make() : (T)(_states[node.Id] ??= make());

    internal Frame FrameOf(Domain domain)
    {
        if (_onlyFrame is not null) return _onlyFrame;
        if (domain.IsPairs || domain.Parent is null)
            return _frames[domain.Id] ?? throw new InvalidOperationException($"No rows of {domain.Text} are being evaluated.");
        Frame parent = FrameOf(domain.Parent);
        if (_frames[domain.Id] is { } known && known.ParentStamp == parent.Stamp) return known;
        return _frames[domain.Id] = domain switch
        {
            { Grouping: { } grouping } => GroupBuilder.Groups(this, domain, grouping, parent, NextStamp()),
            { AreGroupItems: true } => GroupBuilder.Items(domain, parent, NextStamp()),
            _ => FrameBuilder.Elements(this, domain, parent, NextStamp()),
        };
    }

    /// <summary>Runs an action over one chunk of pairs; frames of an outer evaluation of the same pairs are kept.</summary>
    internal void WithPairs(Domain domain, int[] outerRows, int[] innerRows, int count, Action<Frame> action)
    {
        Frame? before = _frames[domain.Id];
        Arena arena = _spareArenas.TryPop(out Arena? spare) ? spare : new Arena();
        var frame = new Frame(domain, count, NextStamp(), arena) { OuterRows = outerRows, InnerRows = innerRows };
        _frames[domain.Id] = frame;
        try
        {
            action(frame);
        }
        finally
        {
            _frames[domain.Id] = before;
            arena.Reset();
            _spareArenas.Push(arena);
        }
    }

    /// <summary>
    /// Where the rows of a source are: a level (null if the data has none) and the level's row of each row, -1 for none, null if they are
    /// the same.
    /// </summary>
    internal (Level? Level, int[]? Rows) Locate(RowSource source)
    {
        Frame frame = FrameOf(source.Domain);
        if (source is OwnRows) return (frame.Level, frame.LevelRows);
        (int[]? rows, Level? level, long stamp) = _sources[source.Id];
        if (stamp == frame.Stamp) return (level, rows);
        (level, rows) = source is EntryRows entry ? RowLocator.Entries(this, entry, frame) : RowLocator.Firsts(this, (FirstRows)source, frame);
        _sources[source.Id] = (rows, level, frame.Stamp);
        return (level, rows);
    }

    private long NextStamp() => ++_lastStamp;
}
