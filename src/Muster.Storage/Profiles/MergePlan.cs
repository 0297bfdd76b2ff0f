using System.Collections;
using Muster.Storage.Identity;

namespace Muster.Storage.Profiles;

/// <summary>
/// Which profiles a new run has, in which order, and which records each is made of: a record of a dataset and primary identity is replaced whole
/// by a later one, and every event counts. Profiles are numbered by place: the row in the run.
/// </summary>
internal sealed class MergePlan
{
    private readonly Dictionary<(int Set, string Dataset), int> _sourceSetIds = [];
    private readonly List<string[]> _sourceSets = [[]];

    /// <summary>Plans the merge of all profiles, or of the touched ones; sets the places of the files' rows.</summary>
    /// <param name="files">All files, in the order of arrival.</param>
    /// <param name="graph">The identities with what is staged.</param>
    /// <param name="touched">By profile ordinal; null for all.</param>
    public MergePlan(IReadOnlyList<LakeRows> files, IdentityGraph graph, BitArray? touched)
    {
        int[] placeOf = PlaceProfiles(files, graph, touched);
        int count = Ordinals.Length;
        Updated = new long[count];
        HasRecord = new BitArray(count);
        IsMultiple = new BitArray(count);
        Sources = new int[count];
        var takenByDataset = new Dictionary<string, HashSet<int>>(StringComparer.Ordinal);
        for (int f = files.Count - 1; f >= 0; f--)
        {
            LakeRows file = files[f];
            if (!takenByDataset.TryGetValue(file.Batch.DatasetId, out HashSet<int>? taken)) takenByDataset.Add(file.Batch.DatasetId, taken = []);
            for (int row = file.Identities.Length - 1; row >= 0; row--)
            {
                int identity = file.Identities[row];
                int place = identity < 0 ? -1 : placeOf[graph.ProfileOf(identity)];
                if (place < 0 || (!file.HoldsEvents && !taken.Add(identity))) continue;
                file.Places[row] = place;
                Updated[place] = Math.Max(Updated[place], file.Batch.IngestedAt);
                Sources[place] = AddSource(Sources[place], file.Batch.DatasetId);
                if (file.HoldsEvents) continue;
                if (HasRecord[place]) IsMultiple[place] = true;
                HasRecord[place] = true;
            }
        }
    }

    /// <summary>Profile ordinals by place, increasing.</summary>
    public long[] Ordinals { get; private set; } = [];

    /// <summary>When the newest record or event was ingested, by place, in milliseconds.</summary>
    public long[] Updated { get; }

    /// <summary>False for profiles that have events only.</summary>
    public BitArray HasRecord { get; }

    /// <summary>True for profiles of more than one record.</summary>
    public BitArray IsMultiple { get; }

    /// <summary>The number of the set of datasets that a profile's data is from.</summary>
    public int[] Sources { get; }

    /// <summary>Sets of dataset ids, each in order, by number.</summary>
    public IReadOnlyList<string[]> SourceSets => _sourceSets;

    private int[] PlaceProfiles(IReadOnlyList<LakeRows> files, IdentityGraph graph, BitArray? touched)
    {
        int[] placeOf = new int[graph.ProfileOrdinals];
        foreach (LakeRows file in files)
        {
            foreach (int identity in file.Identities)
            {
                if (identity < 0) continue;
                int profile = graph.ProfileOf(identity);
                if (touched is null || touched[profile]) placeOf[profile] = 1;
            }
        }
        var ordinals = new List<long>();
        for (int profile = 0; profile < placeOf.Length; profile++)
        {
            bool present = placeOf[profile] == 1;
            placeOf[profile] = present ? ordinals.Count : -1;
            if (present) ordinals.Add(profile);
        }
        Ordinals = [.. ordinals];
        return placeOf;
    }

    private int AddSource(int set, string dataset)
    {
        if (_sourceSetIds.TryGetValue((set, dataset), out int id)) return id;
        string[] with = [.. _sourceSets[set].Append(dataset).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        id = _sourceSets.FindIndex(s => s.SequenceEqual(with));
        if (id < 0)
        {
            id = _sourceSets.Count;
            _sourceSets.Add(with);
        }
        _sourceSetIds.Add((set, dataset), id);
        return id;
    }
}
