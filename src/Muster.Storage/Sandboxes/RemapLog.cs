using Muster.Storage.Files;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;

namespace Muster.Storage.Sandboxes;

/// <summary>
/// What became of profile ordinals: since the membership files were written (kept in a file that the manifest names), and since each manifest that
/// somebody still has pinned, for a job that ends will write a file of that state. Its writers hold the commit lock of the store; entering and
/// leaving is thread-safe.
/// </summary>
/// <param name="folder">The membership folder.</param>
/// <param name="file">The name of the file; null for none.</param>
/// <param name="files">Makes files last.</param>
internal sealed class RemapLog(string folder, string? file, DurableFiles files)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, int> _pinned = [];
    private readonly List<(long Manifest, ProfileRemap Remap, IReadOnlyCollection<long> Erased)> _changes = [];
    private Dictionary<GraphType, OrdinalRemap> _remaps = file is null ? [] : OrdinalRemap.Read(Path.Combine(folder, file)).ToDictionary(r => Enum.Parse<GraphType>(r.Key), r => r.Value);
    private string? _file = file;
    private Staged? _staged;

    /// <summary>What became of the ordinals of the membership file of a graph type.</summary>
    public OrdinalRemap Of(GraphType graph) => _remaps.GetValueOrDefault(graph, OrdinalRemap.None);

    /// <summary>Notes that a manifest is pinned.</summary>
    public void Enter(long manifest)
    {
        lock (_gate) _pinned[manifest] = _pinned.GetValueOrDefault(manifest) + 1;
    }

    /// <summary>Notes that it is no more.</summary>
    public void Leave(long manifest)
    {
        lock (_gate)
            if (--_pinned[manifest] == 0) _pinned.Remove(manifest);
    }

    /// <summary>Stages a change of profiles; the name of the file that the next manifest names.</summary>
    /// <param name="remap">What becomes of profiles of the private graph.</param>
    /// <param name="erased">Identities that are forgotten.</param>
    /// <param name="filed">The graph types that have a membership file.</param>
    public string? Prepare(ProfileRemap remap, IReadOnlyCollection<long> erased, IEnumerable<GraphType> filed)
    {
        if (remap.IsEmpty && erased.Count == 0)
        {
            _staged = null;
            return _file;
        }
        Dictionary<GraphType, OrdinalRemap> next = filed.ToDictionary(g => g, g => Then(g, Of(g), remap, erased));
        return Stage(next, (remap, erased));
    }

    /// <summary>Stages new membership files that were made of an earlier manifest; the name of the file that the next manifest names.</summary>
    public string? PrepareFiles(long basis, IEnumerable<GraphType> graphs)
    {
        var next = new Dictionary<GraphType, OrdinalRemap>(_remaps);
        foreach (GraphType graph in graphs)
            next[graph] = _changes.Where(c => c.Manifest > basis).Aggregate(OrdinalRemap.None, (all, c) => Then(graph, all, c.Remap, c.Erased));
        return Stage(next, null);
    }

    /// <summary>Makes what is staged hold.</summary>
    /// <param name="manifest">The number of the manifest that was committed.</param>
    public void Publish(long manifest)
    {
        if (_staged is { } staged)
        {
            string? old = _file;
            (_remaps, _file) = (staged.Remaps, staged.File);
            if (staged.Change is { } change) _changes.Add((manifest, change.Remap, change.Erased));
            if (old is not null && old != _file) File.Delete(Path.Combine(folder, old));
            _staged = null;
        }
        lock (_gate)
        {
            long oldest = _pinned.Count > 0 ? _pinned.Keys.First() : long.MaxValue;
            _changes.RemoveAll(c => c.Manifest <= oldest);
        }
    }

    /// <summary>Forgets what is staged.</summary>
    public void Discard()
    {
        if (_staged?.File is { } name && name != _file) File.Delete(Path.Combine(folder, name));
        _staged = null;
    }

    private static OrdinalRemap Then(GraphType graph, OrdinalRemap before, ProfileRemap remap, IReadOnlyCollection<long> erased) => graph == GraphType.Pdg
        ? before.Then(remap.Retired, remap.Sources, remap.Ended)
        : before.Then(ProfileRemap.None.Retired, ProfileRemap.None.Sources, erased);

    private string? Stage(Dictionary<GraphType, OrdinalRemap> next, (ProfileRemap Remap, IReadOnlyCollection<long> Erased)? change)
    {
        string? name = null;
        if (next.Values.Any(r => !r.IsEmpty))
        {
            name = Guid.NewGuid().ToString("N") + ".remap";
            OrdinalRemap.Write(Path.Combine(folder, name), next.ToDictionary(r => r.Key.ToString(), r => r.Value), files);
        }
        _staged = new Staged(next, name, change);
        return name;
    }

    private sealed record Staged(Dictionary<GraphType, OrdinalRemap> Remaps, string? File, (ProfileRemap Remap, IReadOnlyCollection<long> Erased)? Change);
}
