using DuckDB.NET.Data;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Files;
using Muster.Storage.Lake;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Storage.Exports;

/// <summary>
/// Writes profiles of a snapshot as Parquet: one record a profile in the shape of the union schema, its events in <c>timeSeriesEvents</c>.
/// One use; the snapshot must live as long.
/// </summary>
/// <param name="snapshot">What is read.</param>
/// <param name="method">Whose profiles: the snapshot must have them.</param>
/// <param name="sandboxFolder">Where its files are.</param>
/// <param name="spillFolder">Scratch; used by nobody else.</param>
/// <param name="options">Bounds of the DuckDB instance that does it.</param>
/// <param name="files">Makes what it writes last.</param>
public sealed class ProfileExporter(SandboxSnapshot snapshot, MergeMethod method, string sandboxFolder, string spillFolder, DuckDbOptions options, DurableFiles files)
{
    /// <summary>The name of a profile's events in its record.</summary>
    public const string EventsField = "timeSeriesEvents";

    private readonly List<ExportRun> _runs = [];

    /// <summary>Writes the selected profiles.</summary>
    /// <param name="selection">Whom.</param>
    /// <param name="columns">What of them.</param>
    /// <param name="targetFolder">Made when missing; gets whole, flushed files.</param>
    /// <param name="cancellationToken">Interrupts the statement that runs; then no file is left.</param>
    public async Task<ExportResult> WriteAsync(ProfileSelection selection, ExportColumns columns, string targetFolder,
        CancellationToken cancellationToken) =>
        await Task.Run(() => Write(selection, columns, targetFolder, cancellationToken), cancellationToken).ConfigureAwait(false);

    private ExportResult Write(ProfileSelection selection, ExportColumns columns, string targetFolder, CancellationToken cancellationToken)
    {
        using var workspace = new DuckDbWorkspace(spillFolder, options);
        using CancellationTokenRegistration interrupt = cancellationToken.Register(() => workspace.Connection.NativeConnection.Interrupt());
        try
        {
            Attach(workspace);
            Select(workspace, selection);
            OrdinalSet chosen = Chosen(workspace);
            if (chosen.IsEmpty) return new ExportResult([], new Dictionary<string, long>());
            DataType wanted = ExportSchema.Of(_runs.Select(r => r.ProfileType), columns.Fields);
            bool memberships = wanted.TryGetField(ExportSchema.Membership, out DataType? membershipType);
            if (memberships) AppendMemberships(workspace, chosen, membershipType!);
            string events = AppendEvents(workspace, columns, cancellationToken);
            string query = string.Join(" UNION ALL ",
                _runs.Select((run, i) => ProfileQuery(run, i, wanted, membershipType, events.Length > 0)));
            string file = Path.Combine(targetFolder, "profiles.parquet");
            files.Publish(file, temporary =>
            {
                workspace.Execute($"COPY ({query}) TO {SqlText.Literal(temporary)} (FORMAT parquet, COMPRESSION zstd)");
                files.Reach(StoreStep.ExportWriting);
            });
            return new ExportResult([LakeFile.Describe(file, chosen.LongCount)], snapshot.Profiles.CountNamespaces(method.Graph, chosen)
                .ToDictionary(n => n.Key, n => (long)n.Value));
        }
        catch (DuckDBException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private void Attach(DuckDbWorkspace workspace)
    {
        snapshot.Profiles.DescribeIdentities(workspace);
        foreach (RunEntry entry in snapshot.Manifest.Profiles.View(method)!.Runs)
        {
            string alias = "run" + _runs.Count;
            workspace.Execute($"ATTACH {SqlText.Literal(Path.Combine(sandboxFolder, entry.File))} AS {alias} (READ_ONLY)");
            _runs.Add(ExportRun.Read(workspace, alias));
        }
    }

    /// <summary>Makes the table <c>chosen(ordinal, run, place)</c>.</summary>
    private void Select(DuckDbWorkspace workspace, ProfileSelection selection)
    {
        workspace.Execute("CREATE TABLE wanted(ordinal BIGINT); CREATE TABLE chosen(ordinal BIGINT, run INTEGER, place INTEGER)");
        workspace.Execute("CREATE TABLE excluded(ordinal BIGINT)");
        ChunkAppender.AppendAll(workspace.Connection, "excluded", selection.Excluded.ToArray());
        if (selection.Ordinals is { IsEmpty: false } ordinals) ChunkAppender.AppendAll(workspace.Connection, "wanted", ordinals.ToArray());
        for (int i = 0; i < _runs.Count; i++)
        {
            ExportRun run = _runs[i];
            var conditions = new List<string>();
            for (int newer = i + 1; newer < _runs.Count; newer++) conditions.Add(
                $"p._ordinal NOT IN (SELECT _ordinal FROM {_runs[newer].Alias}.tombstone)");
            if (!selection.Excluded.IsEmpty) conditions.Add("p._ordinal NOT IN (SELECT ordinal FROM excluded)");
            if (selection.RecordsOnly) conditions.Add("p._record");
            if (selection.UpdatedAfter is { } after) conditions.Add($"p._updated > {after}");
            if (selection.Ordinals is not null)
            {
                IEnumerable<string> either = run.HasForeignMembership ? selection.Foreign.Select(ForeignMembershipFilter.Condition) : [];
                conditions.Add($"(p._ordinal IN (SELECT ordinal FROM wanted){string.Concat(either.Select(c => " OR " + c))})");
            }

            string where = conditions.Count > 0 ? " WHERE " + string.Join(" AND ", conditions) : "";
            workspace.Execute($"INSERT INTO chosen SELECT p._ordinal, {i}, p._place FROM {run.Alias}.profile p{where}");
        }
    }

    private static OrdinalSet Chosen(DuckDbWorkspace workspace)
    {
        var builder = new OrdinalSetBuilder();
        using DuckDBDataReader reader = workspace.Query("SELECT ordinal FROM chosen ORDER BY ordinal");
        while (reader.Read()) builder.Add(reader.GetInt64(0));
        return builder.Build();
    }

    /// <summary>Makes the table <c>membership(ordinal, value)</c> of the memberships that segment jobs found, as JSON.</summary>
    private void AppendMemberships(DuckDbWorkspace workspace, OrdinalSet chosen, DataType type)
    {
        workspace.Execute("CREATE TABLE membership(ordinal BIGINT, value VARCHAR)");
        MembershipSpace space = snapshot.Space(method.Graph);
        if (space.File is null) return;
        using DuckDB.NET.Data.DuckDBAppender appender = workspace.Connection.CreateAppender("membership");
        foreach (long ordinal in chosen)
        {
            IReadOnlyList<ProfileMembership> memberships = space.Of(ordinal);
            if (memberships.Count > 0) appender.CreateRow().AppendValue(ordinal).AppendValue(ExportSchema.MembershipJson(memberships, type))
                .EndRow();
        }
    }

    /// <summary>Makes the table <c>happened(ordinal, events)</c>; the empty string if no events are wanted or there are none.</summary>
    private string AppendEvents(DuckDbWorkspace workspace, ExportColumns columns, CancellationToken cancellationToken)
    {
        if (columns.EventFields is not { } fields) return "";
        DataType union = ExportSchema.Unite(_runs.Select(r => r.EventType));
        DataType wanted = fields.Count == 0 ? union : FieldPruning.Prune(union, fields);
        if (wanted.Fields.Count == 0) return "";
        AppendArrived(workspace, columns);
        var parts = new List<string>();
        for (int i = 0; i < _runs.Count; i++)
        {
            ExportRun run = _runs[i];
            if (run.EventType.Fields.Count == 0) continue;
            bool all = columns.EventsAfter is null && columns.EventsUntil is null;
            string arrived = all ? "" : $" AND {RunFormat.BatchOfEvent} IN (SELECT sequence FROM arrived)";
            var projection = new NestedProjection("e", run.EventColumns, run.EventType, ofEvents: true);
            string values = string.Join(", ",
                wanted.Fields.Select(f => $"{SqlText.Identifier(f.Name)} := {projection.Field(f.Name, f.Type)}"));
            parts.Add($"SELECT c.ordinal, list(struct_pack({values}) ORDER BY e.rowid) AS events FROM {run.Alias}.event e "
                + $"JOIN chosen c ON c.run = {i} AND c.place = e._place WHERE true{arrived} GROUP BY c.ordinal");
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (parts.Count == 0) return "";
        workspace.Execute($"CREATE TABLE happened AS {string.Join(" UNION ALL ", parts)}");
        return "happened";
    }

    /// <summary>Makes the table <c>arrived(sequence)</c> of the batches that came in the time asked for.</summary>
    private void AppendArrived(DuckDbWorkspace workspace, ExportColumns columns)
    {
        workspace.Execute("CREATE TABLE arrived(sequence BIGINT)");
        long[] sequences = [.. snapshot.Manifest.Profiles.Batches.Select(b => b.Batch)
            .Where(b => !(b.IngestedAt <= columns.EventsAfter) && !(b.IngestedAt > columns.EventsUntil)).Select(b => b.Sequence)];
        ChunkAppender.AppendAll(workspace.Connection, "arrived", sequences);
    }

    private static string ProfileQuery(ExportRun run, int index, DataType wanted, DataType? membershipType, bool withEvents)
    {
        var projection = new NestedProjection("p", run.ProfileColumns, run.ProfileType, ofEvents: false);
        IEnumerable<string> columns = wanted.Fields.Select(f => $"{Value(f)} AS {SqlText.Identifier(f.Name)}");
        if (withEvents) columns = columns.Append($"h.events AS {SqlText.Identifier(EventsField)}");
        string text = $"SELECT {string.Join(", ", columns.DefaultIfEmpty("p._ordinal AS _ordinal"))} "
            + $"FROM {run.Alias}.profile p JOIN chosen c ON c.ordinal = p._ordinal AND c.run = {index}";
        if (membershipType is not null) text += " LEFT JOIN membership m ON m.ordinal = p._ordinal";
        if (withEvents) text += " LEFT JOIN happened h ON h.ordinal = p._ordinal";
        return "(" + text + ")";

        string Value(Field field) => field.Name switch
        {
            ExportSchema.Membership => ExportSchema.MembershipValue(projection.Field(field.Name, field.Type), run.HasForeignMembership,
                field.Type),
            ExportSchema.Identities => ExportSchema.IdentitiesValue(field.Type),
            _ => projection.Field(field.Name, field.Type),
        };
    }
}
