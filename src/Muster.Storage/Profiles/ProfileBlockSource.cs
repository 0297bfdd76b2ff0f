using System.Globalization;
using Muster.Engine.Columns;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Profiles;

/// <summary>
/// The profiles of one manifest in blocks of 65,536 rows of one run. Each read has its own connection, so blocks may be read from several threads.
/// </summary>
internal sealed class ProfileBlockSource : IBlockSource
{
    private readonly ManifestView _view;
    private readonly Action _release;
    private readonly List<(int Run, int Block)> _blocks = [];
    private int _disposed;

    /// <summary>Opens a view; <paramref name="release"/> is called once when the source is disposed.</summary>
    public ProfileBlockSource(ManifestView view, Action release)
    {
        _view = view;
        _release = release;
        for (int run = 0; run < view.Runs.Count; run++)
            for (int block = 0; block < view.Runs[run].BlockEvents.Length; block++) _blocks.Add((run, block));
    }

    /// <inheritdoc/>
    public int BlockCount => _blocks.Count;

    /// <inheritdoc/>
    public long ProfileCount => _view.ProfileCount;

    /// <inheritdoc/>
    public ValueTask<Block> ReadAsync(int index, ColumnRequest request, long asOf, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        (int runIndex, int block) = _blocks[index];
        RunFile run = _view.Runs[runIndex];
        int first = block * RunFormat.BlockRows, rows = Math.Min(RunFormat.BlockRows, run.Ordinals.Length - first);
        VectorLevel profiles = ReadProfiles(run, block, rows, request, cancellationToken);
        Dictionary<string, Level>? events = request.Children.TryGetValue(ProfileSchema.EventArray, out ColumnRequest? wanted) && run.EventColumns.Count > 4
            ? new(StringComparer.Ordinal) { [ProfileSchema.EventArray] = ReadEvents(run, block, rows, wanted, asOf, cancellationToken) }
            : null;
        return ValueTask.FromResult(new Block(run.Ordinals[first..(first + rows)], Alive(runIndex, first, rows), profiles.ToRoot(rows, events)));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) _release();
        return ValueTask.CompletedTask;
    }

    private static VectorLevel ReadProfiles(RunFile run, int block, int rows, ColumnRequest request, CancellationToken cancellationToken)
    {
        var level = new VectorLevel();
        List<string> columns = [.. run.ProfileColumns.Keys.Where(c => request.Columns.Contains(c) || request.Children.ContainsKey(c))];
        if (columns.Count == 0) return level;
        string sql = string.Create(CultureInfo.InvariantCulture,
            $"SELECT {string.Join(", ", columns.Select(SqlText.Identifier))} FROM {run.Alias}.profile WHERE _block = {block}");
        Scan(run, sql, 0, columns, level, request, null, rows, cancellationToken);
        return level;
    }

    private static Level ReadEvents(RunFile run, int block, int rows, ColumnRequest request, long asOf, CancellationToken cancellationToken)
    {
        var level = new VectorLevel();
        List<string> columns = [.. run.EventColumns.Keys.Where(c => request.Columns.Contains(c) || request.Children.ContainsKey(c))];
        bool hides = run.LatestEvent > asOf;
        string where = string.Create(CultureInfo.InvariantCulture, $"FROM {run.Alias}.event WHERE _block = {block}");
        // Milliseconds are floored when they are read, so an event is hidden from the next whole millisecond on.
        if (hides) where += $" AND (\"timestamp\" IS NULL OR \"timestamp\" < {RunFormat.Instant(asOf + 1)})";
        long promised = run.BlockEvents[block];
        if (hides)
        {
            using var counting = new DuckDbStream(run.Connect(), "SELECT count(*) " + where);
            promised = counting.Read() ? new VectorView(counting.Vector(0)).Value<long>(0) : 0;
        }
        int[] offsets = new int[rows + 1];
        string sql = $"SELECT _row{string.Concat(columns.Select(c => ", " + SqlText.Identifier(c)))} {where}";
        Scan(run, sql, 1, columns, level, request, offsets, promised, cancellationToken);
        for (int row = 0; row < rows; row++) offsets[row + 1] += offsets[row];
        return level.ToLevel((int)promised, offsets);
    }

    // Events carry the row of their profile in the block in front; counts gets, one further on, how many each has.
    private static void Scan(
        RunFile run, string sql, int firstColumn, List<string> columns, VectorLevel level, ColumnRequest request, int[]? counts, long promised, CancellationToken cancellationToken)
    {
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
                for (int i = 0; i < stream.Rows; i++) counts[row.Value<int>(i) + 1]++;
            }
            for (int i = 0; i < sinks.Length; i++)
                sinks[i]?.Append(new VectorView(stream.Vector(firstColumn + i)), all.AsSpan(0, stream.Rows));
        }
        stream.ExpectTotal(promised);
    }

    private ulong[]? Alive(int run, int first, int rows) =>
        // Blocks begin at a multiple of 64 rows.
        _view.Alive(run) is { } alive ? alive[(first / 64)..((first + rows + 63) / 64)] : null;
}
