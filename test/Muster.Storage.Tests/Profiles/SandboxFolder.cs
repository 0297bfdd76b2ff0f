using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Files;
using Muster.Storage.Lake;
using Muster.Storage.Profiles;

namespace Muster.Storage.Tests.Profiles;

/// <summary>A folder for one test, with lake files made from SQL.</summary>
internal sealed class SandboxFolder : IDisposable
{
    public const long Day0 = 1_700_000_000_000;

    private readonly string _path = Directory.CreateTempSubdirectory("muster").FullName;
    private int _batches;

    public string Root => _path;

    public static DuckDbOptions Options { get; } = new(1024, 2);

    /// <summary>The expression of an identity map: ("Email", "a@b.c", primary).</summary>
    public static string Ids(params (string Namespace, string Id, bool Primary)[] ids) => "map_from_entries(["
        + string.Join(", ", ids.GroupBy(i => i.Namespace).Select(g => $"struct_pack(k := '{g.Key}', v := ["
            + string.Join(", ", g.Select(i => $"struct_pack(id := '{i.Id}', \"primary\" := {i.Primary}, authenticatedState := NULL::VARCHAR)")) + "])"))
        + $"])::{FrameWriter.IdentityMapType}";

    /// <summary>Writes the rows of a query, whose columns are those of the schema in that order, as a batch of one file.</summary>
    public LakeBatch Batch(string dataset, DatasetBehavior behavior, DataType schema, string query, long? ingestedAt = null)
    {
        int number = _batches++;
        string file = $"lake/{number}.parquet";
        Directory.CreateDirectory(Path.Combine(_path, "lake"));
        string columns = string.Join(", ", schema.Fields.Select((f, i) => $"column{i}::{SqlText.Type(f.Type)} AS {SqlText.Identifier(f.Name)}"));
        string names = string.Join(", ", schema.Fields.Select((_, i) => "column" + i));
        using var workspace = new DuckDbWorkspace(Path.Combine(_path, "spill"), Options);
        workspace.Execute($"COPY (SELECT {columns} FROM ({query}) q({names})) TO {SqlText.Literal(Path.Combine(_path, file))} (FORMAT parquet)");
        return new LakeBatch(dataset, "batch" + number, number, ingestedAt ?? Day0 + number, behavior, schema, [file]);
    }

    public async Task<ProfileStore> OpenAsync(StoreManifest? manifest = null)
    {
        ProfileStore store = await ProfileStore.OpenAsync(_path, manifest ?? StoreManifest.Empty, Options, DurableFiles.Plain, TestContext.Current.CancellationToken);
        // So that the few events of a test are several portions.
        store.EventsSortedAtOnce = 7;
        return store;
    }

    public static Task<PreparedApply> ApplyAsync(ProfileStore store, params LakeBatch[] batches) => ApplyAsync(store, new StoreChange { Added = batches });

    public static async Task<PreparedApply> ApplyAsync(ProfileStore store, StoreChange change)
    {
        PreparedApply prepared = await store.PrepareAsync(change, null, TestContext.Current.CancellationToken);
        store.Publish(prepared, prepared.Manifest);
        return prepared;
    }

    /// <summary>Makes one run of all.</summary>
    public static async Task CompactAsync(ProfileStore store, MergeMethod? method = null)
    {
        PreparedCompaction prepared = await store.PrepareCompactionAsync(store.Current, method ?? MergeMethod.Default, TestContext.Current.CancellationToken);
        store.PublishCompaction(prepared.In(store.Current)!);
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
