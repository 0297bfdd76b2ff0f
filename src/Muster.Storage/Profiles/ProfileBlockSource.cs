using System.Globalization;
using Muster.Engine.Columns;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Profiles;

/// <summary>
/// The profiles of one view in the blocks of its runs. Each read has its own connection, so blocks may be read from several threads.
/// </summary>
internal sealed class ProfileBlockSource : IBlockSource
{
    private readonly OpenView _view;
    private readonly Action _release;
    private readonly List<(int Run, int Block)> _blocks = [];
    private int _disposed;

    /// <summary>Opens a view; <paramref name="release"/> is called once when the source is disposed.</summary>
    public ProfileBlockSource(OpenView view, Action release)
    {
        _view = view;
        _release = release;
        for (int run = 0; run < view.Runs.Count; run++)
            for (int block = 0; block < view.Runs[run].Blocks.Length; block++)
                if (view.HasAlive(run, view.Runs[run].Blocks[block])) _blocks.Add((run, block));
    }

    /// <inheritdoc/>
    public int BlockCount => _blocks.Count;

    /// <inheritdoc/>
    public long ProfileCount => _view.ProfileCount;

    /// <inheritdoc/>
    public ValueTask<Block> ReadAsync(int index, ColumnRequest request, long asOf, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        (int runIndex, int number) = _blocks[index];
        RunFile run = _view.Runs[runIndex];
        BlockLayout block = run.Blocks[number];
        VectorLevel profiles = ReadProfiles(run, block, request, cancellationToken);
        Dictionary<string, Level>? events = request.Children.TryGetValue(ProfileSchema.EventArray, out ColumnRequest? wanted)
            && run.EventType.Fields.Any(NestedJson.HasColumns)
            ? new(StringComparer.Ordinal) { [ProfileSchema.EventArray] = ReadEvents(run, block, wanted, asOf, cancellationToken) }
            : null;
        long[] ordinals = run.Ordinals[block.First..(block.First + block.Profiles)];
        return ValueTask.FromResult(new Block(ordinals, _view.Alive(runIndex, block.First, block.Profiles), profiles.ToRoot(block.Profiles, events)));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) _release();
        return ValueTask.CompletedTask;
    }

    private static VectorLevel ReadProfiles(RunFile run, BlockLayout block, ColumnRequest request, CancellationToken cancellationToken)
    {
        var level = new VectorLevel();
        List<string> columns = [.. run.ProfileColumns.Keys.Where(c => request.Columns.Contains(c) || request.Children.ContainsKey(c))];
        if (columns.Count == 0) return level;
        string sql = string.Create(CultureInfo.InvariantCulture,
            $"SELECT {string.Join(", ", columns.Select(SqlText.Identifier))} FROM {run.Alias}.profile WHERE {Within(block)}");
        Scan(run, sql, columns, level, request, null, block.First, block.Profiles, cancellationToken);
        return level;
    }

    private static Level ReadEvents(RunFile run, BlockLayout block, ColumnRequest request, long asOf, CancellationToken cancellationToken)
    {
        var level = new VectorLevel();
        List<string> columns = [.. SchemaLeaf.Of(run.EventType).Select(l => l.Name).Where(c => request.Columns.Contains(c) || request.Children.ContainsKey(c))];
        bool hides = run.LatestEvent > asOf;
        string where = string.Create(CultureInfo.InvariantCulture, $"FROM {run.Alias}.event WHERE {Within(block)}");
        // Milliseconds are floored when they are read, so an event is hidden from the next whole millisecond on.
        if (hides) where += $" AND (\"timestamp\" IS NULL OR \"timestamp\" < {RunFormat.Instant(asOf + 1)})";
        long promised = block.Events;
        if (hides)
        {
            using var counting = new DuckDbStream(run.Connect(), "SELECT count(*) " + where);
            promised = counting.Read() ? new VectorView(counting.Vector(0)).Value<long>(0) : 0;
        }
        int[] offsets = new int[block.Profiles + 1];
        string sql = $"SELECT _place{string.Concat(columns.Select(c => ", " + EventIdentities.Column(c, run)))} {where}";
        Scan(run, sql, columns, level, request, offsets, block.First, promised, cancellationToken);
        for (int row = 0; row < block.Profiles; row++) offsets[row + 1] += offsets[row];
        return level.ToLevel((int)promised, offsets);
    }

    private static string Within(BlockLayout block) =>
        string.Create(CultureInfo.InvariantCulture, $"_place >= {block.First} AND _place < {block.First + block.Profiles}");

    // Events carry the place of their profile in front; counts gets, one further on, how many each has.
    private static void Scan(
        RunFile run, string sql, List<string> columns, VectorLevel level, ColumnRequest request, int[]? counts, int first, long promised, CancellationToken cancellationToken)
    {
        int firstColumn = counts is null ? 0 : 1;
        using var stream = new DuckDbStream(run.Connect(), sql);
        var binding = new VectorBinding(run.Dictionaries);
        // The same field of profiles and events has a dictionary of its own.
        string prefix = counts is null ? "" : ProfileSchema.EventArray + ":";
        IVectorSink?[] sinks = [.. columns.Select((c, i) => binding.Bind(level, request, c, prefix + c, stream.Types[firstColumn + i]))];
        int[] all = [.. Enumerable.Range(0, 2048)];
        while (stream.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (counts is not null)
            {
                var row = new VectorView(stream.Vector(0));
                for (int i = 0; i < stream.Rows; i++) counts[row.Value<int>(i) - first + 1]++;
            }
            for (int i = 0; i < sinks.Length; i++)
                sinks[i]?.Append(new VectorView(stream.Vector(firstColumn + i)), all.AsSpan(0, stream.Rows));
        }
        stream.ExpectTotal(promised);
    }
}
