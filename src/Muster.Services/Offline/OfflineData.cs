using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Files;
using Muster.Storage.Lake;
using Muster.Storage.Profiles;
using Muster.Storage.Schemas;

namespace Muster.Services.Offline;

/// <summary>Files loaded as two batches into a profile store of their own: the same path as ingestion, without a control plane.</summary>
internal sealed class OfflineData : IAsyncDisposable
{
    private const int MemoryLimitMegabytes = 1024;

    private readonly ProfileStore _store;

    private OfflineData(ProfileStore store, ProfileSchema schema)
    {
        _store = store;
        Schema = schema;
    }

    /// <summary>Inferred from the files; open, since a field that no record has is not a fault of the query.</summary>
    public ProfileSchema Schema { get; }

    /// <exception cref="InvalidDataException">A record or file is bad; the message names it.</exception>
    public static async Task<OfflineData> LoadAsync(OfflineRequest request, CancellationToken cancellationToken)
    {
        var options = new DuckDbOptions(MemoryLimitMegabytes, Environment.ProcessorCount);
        var batches = new List<LakeBatch>();
        foreach ((DatasetBehavior behavior, IReadOnlyList<string> files) in
            ((DatasetBehavior, IReadOnlyList<string>)[])[(DatasetBehavior.Record, request.ProfileFiles), (DatasetBehavior.TimeSeries, request.EventFiles)])
        {
            if (await LoadAsync(request, options, behavior, files, batches.Count + 1, cancellationToken).ConfigureAwait(false) is { } batch) batches.Add(batch);
        }
        ProfileStore store = await ProfileStore.OpenAsync(request.WorkFolder, StoreManifest.Empty, options, DurableFiles.Plain, cancellationToken).ConfigureAwait(false);
        store.KeepsOwnMemberships = true;
        PreparedApply prepared = await store.PrepareAsync(new StoreChange { Added = batches }, null, cancellationToken).ConfigureAwait(false);
        store.Publish(prepared, prepared.Manifest);
        return new OfflineData(store, ProfileSchemas.Union(batches.Select(batch => (batch.Behavior, batch.Schema)), isOpen: true));
    }

    /// <summary>The profiles for scanning.</summary>
    public Engine.Columns.IBlockSource OpenBlocks() => _store.OpenBlocks(_store.Current, MergeMethod.Default);

    /// <summary>The ordinal of the profile that has an identity; null if nobody has.</summary>
    public long? FindProfile(string ns, string id) => _store.FindProfile(MergeMethod.Default.Graph, ns, id);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static async Task<LakeBatch?> LoadAsync(
        OfflineRequest request, DuckDbOptions options, DatasetBehavior behavior, IReadOnlyList<string> files, int sequence, CancellationToken cancellationToken)
    {
        if (files.All(file => new FileInfo(file).Length == 0)) return null;
        string name = behavior == DatasetBehavior.Record ? "profiles" : "events";
        string folder = Path.Combine(request.WorkFolder, "lake", name);
        var load = new LoadRequest(
            [.. files.Select(file => new InputFile(file, file))], InputFormat.JsonLines, behavior, Schema: null, RequireEventFields: false,
            AllowMissingIdentity: true, MaximumFailedShare: 0, folder, Path.Combine(request.WorkFolder, "spill"));
        LoadResult loaded = await new RecordLoader(options).LoadAsync(load, null, cancellationToken).ConfigureAwait(false);
        if (!loaded.Succeeded) throw new InvalidDataException(Describe(name, loaded));
        if (loaded.OutputRecords == 0) return null;
        return new LakeBatch(name, name, sequence, request.AsOf.ToUnixTimeMilliseconds(), behavior, loaded.Schema,
            [.. loaded.Files.Select(file => Path.GetRelativePath(request.WorkFolder, file.Path))]);
    }

    private static string Describe(string name, LoadResult loaded)
    {
        LoadError? worst = loaded.Errors.Count > 0 ? loaded.Errors[0] : null;
        if (worst is null) return $"The {name} could not be loaded.";
        string place = worst.Rows is [RecordPlace first, ..] ? first.Row == 0 ? $" in {first.FileName}" : $" at {first.FileName}:{first.Row}" : "";
        return $"{loaded.FailedRecords} of {loaded.InputRecords} records of the {name} are bad; the first{place}: {worst.Description} Correct or remove them.";
    }
}
