using System.Collections;

namespace Muster.Storage.Profiles;

/// <summary>
/// Which profiles a new run has, in which order, and which records each is made of: a record of a dataset and primary identity is replaced whole
/// by a later one, and every event counts. Profiles are numbered by place: the row in the run.
/// </summary>
internal sealed class MergePlan
{
    private readonly List<string[]> _sourceSets = [[]];
    private readonly int[] _placeOf;
    private readonly ProfileSpace _space;

    /// <summary>Plans the merge of all profiles, or of the touched ones; sets the places of the files' rows.</summary>
    /// <param name="files">The files whose records may be taken, in the order of arrival; of datasets that the method includes.</param>
    /// <param name="space">What a profile is.</param>
    /// <param name="touched">By profile ordinal; null for all.</param>
    /// <param name="kept">Events that come from older runs.</param>
    public MergePlan(IReadOnlyList<LakeRows> files, ProfileSpace space, BitArray? touched, IReadOnlyList<KeptEvents> kept)
    {
        _space = space;
        _placeOf = PlaceProfiles(files, space, touched, kept);
        int count = Ordinals.Length;
        Updated = new long[count];
        HasRecord = new BitArray(count);
        IsMultiple = new BitArray(count);
        Sources = new int[count];
        EventCounts = new int[count];
        var taken = new Dictionary<string, BitArray>(StringComparer.Ordinal);
        for (int f = files.Count - 1; f >= 0; f--)
        {
            if (files[f].HoldsEvents) PlaceEvents(files[f]);
            else PlaceRecords(files[f], taken);
        }
        foreach (KeptEvents events in kept)
        {
            int place = _placeOf[space.ProfileOf(events.Identity)];
            EventCounts[place] += events.Count;
            Note(place, events.Batch, new SourceStep(this, events.Batch.DatasetId));
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

    /// <summary>The number of events by place.</summary>
    public int[] EventCounts { get; }

    /// <summary>Sets of dataset ids, each in order, by number.</summary>
    public IReadOnlyList<string[]> SourceSets => _sourceSets;

    /// <summary>The place of an identity's profile; -1 if it is not part of the plan.</summary>
    public int PlaceOf(int identity) => _placeOf[_space.ProfileOf(identity)];

    private int[] PlaceProfiles(IReadOnlyList<LakeRows> files, ProfileSpace space, BitArray? touched, IReadOnlyList<KeptEvents> kept)
    {
        int[] placeOf = new int[space.Count];
        foreach (LakeRows file in files)
        {
            foreach (int key in file.Keys)
            {
                if (key < 0) continue;
                int profile = space.ProfileOf(key);
                if (touched is null || touched[profile]) placeOf[profile] = 1;
            }
        }
        foreach (KeptEvents events in kept) placeOf[space.ProfileOf(events.Identity)] = 1;
        int count = 0;
        foreach (int present in placeOf) count += present;
        Ordinals = new long[count];
        int place = 0;
        for (int profile = 0; profile < placeOf.Length; profile++)
        {
            bool present = placeOf[profile] == 1;
            placeOf[profile] = present ? place : -1;
            if (present) Ordinals[place++] = profile;
        }
        return placeOf;
    }

    private void PlaceEvents(LakeRows file)
    {
        var step = new SourceStep(this, file.Batch.DatasetId);
        for (int row = 0; row < file.Keys.Length; row++)
        {
            int key = file.Keys[row], place = key < 0 ? -1 : _placeOf[_space.ProfileOf(key)];
            file.Places[row] = place;
            if (place < 0) continue;
            EventCounts[place]++;
            Note(place, file.Batch, step);
        }
    }

    // Files and rows are walked backwards: the first record seen of a dataset and identity is the one that counts.
    private void PlaceRecords(LakeRows file, Dictionary<string, BitArray> takenByDataset)
    {
        if (!takenByDataset.TryGetValue(file.Batch.DatasetId, out BitArray? taken))
            takenByDataset.Add(file.Batch.DatasetId, taken = new BitArray(_space.Graph.Identities.Count));
        var step = new SourceStep(this, file.Batch.DatasetId);
        for (int row = file.Keys.Length - 1; row >= 0; row--)
        {
            int key = file.Keys[row], place = key < 0 ? -1 : _placeOf[_space.ProfileOf(key)];
            if (place >= 0 && taken[key]) place = -1;
            file.Places[row] = place;
            if (place < 0) continue;
            taken[key] = true;
            Note(place, file.Batch, step);
            if (HasRecord[place]) IsMultiple[place] = true;
            HasRecord[place] = true;
        }
    }

    private void Note(int place, LakeBatch batch, SourceStep step)
    {
        Updated[place] = Math.Max(Updated[place], batch.IngestedAt);
        Sources[place] = step.With(Sources[place]);
    }

    /// <summary>From a set of datasets to that set with one more, remembered by number.</summary>
    private sealed class SourceStep(MergePlan plan, string dataset)
    {
        private int[] _next = [];

        public int With(int set)
        {
            if (set < _next.Length && _next[set] > 0) return _next[set];
            string[] with = [.. plan._sourceSets[set].Append(dataset).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            int id = plan._sourceSets.FindIndex(s => s.SequenceEqual(with));
            if (id < 0)
            {
                id = plan._sourceSets.Count;
                plan._sourceSets.Add(with);
            }
            if (set >= _next.Length) Array.Resize(ref _next, Math.Max(plan._sourceSets.Count, set + 1));
            return _next[set] = id;
        }
    }
}
