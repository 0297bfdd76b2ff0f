namespace Muster.Storage.Profiles;

/// <summary>A manifest whose runs are open. Immutable.</summary>
internal sealed class OpenManifest(StoreManifest manifest, IReadOnlyList<OpenView> views)
{
    /// <summary>The manifest.</summary>
    public StoreManifest Manifest => manifest;

    /// <summary>Its views, in its order.</summary>
    public IReadOnlyList<OpenView> Views => views;

    /// <summary>The runs of all views.</summary>
    public IEnumerable<RunFile> Runs => views.SelectMany(v => v.Runs);

    /// <summary>The batches by sequence.</summary>
    public IReadOnlyDictionary<long, LakeBatch> Batches { get; } = manifest.Batches.ToDictionary(b => b.Batch.Sequence, b => b.Batch);

    /// <summary>The view of a method; null if nobody has used it.</summary>
    public OpenView? View(MergeMethod method) => views.FirstOrDefault(v => v.View.Method.Equals(method));
}
