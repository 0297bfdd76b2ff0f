using System.Text.Json.Serialization;
using Muster.Pql.Types;
using Muster.Storage.Identity;
using Muster.Storage.Lake;

namespace Muster.Storage.Profiles;

/// <summary>
/// One committed batch of a profile-enabled dataset. Every file has the columns of <paramref name="Schema"/> and always <c>_id</c>,
/// <c>identityMap</c> and, if its records are events, <c>timestamp</c>.
/// </summary>
/// <param name="DatasetId">Its dataset.</param>
/// <param name="BatchId">Unique in the sandbox.</param>
/// <param name="Sequence">Its place in the order of arrival, unique in the sandbox: a later batch replaces records of an earlier one.</param>
/// <param name="IngestedAt">When it was committed, in milliseconds since the epoch.</param>
/// <param name="Behavior">Records or events.</param>
/// <param name="Schema">An object type: the columns of the files.</param>
/// <param name="Files">Parquet files, relative to the sandbox folder.</param>
public sealed record LakeBatch(
    string DatasetId, string BatchId, long Sequence, long IngestedAt, DatasetBehavior Behavior, DataType Schema, IReadOnlyList<string> Files);

/// <summary>A batch that profiles were made from.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="KeyFiles">For each of its files, in order, the keys of its records: <see cref="KeyFile"/>.</param>
/// <param name="Duplicates">How many of its events do not count, since an earlier one of the dataset has their <c>_id</c>.</param>
public sealed record AppliedBatch(LakeBatch Batch, IReadOnlyList<string> KeyFiles, long Duplicates);

/// <summary>The links that a batch brought.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="File">Relative to the sandbox folder.</param>
public sealed record LinkEntry(string BatchId, string File);

/// <summary>One immutable file of merged profiles and their events.</summary>
/// <param name="File">Relative to the sandbox folder.</param>
/// <param name="Profiles">Its profiles, those included that a newer run has replaced since.</param>
/// <param name="Events">Its events, likewise.</param>
/// <param name="Tombstones">How many profiles of older runs it replaces or ends.</param>
public sealed record RunEntry(string File, long Profiles, long Events, long Tombstones);

/// <summary>The profiles under one merge method.</summary>
/// <param name="Method">How they are made.</param>
/// <param name="Runs">The runs, oldest first; a newer one hides what it replaces in older ones.</param>
/// <param name="ProfileCount">The profiles that count.</param>
public sealed record ProfileView(MergeMethod Method, IReadOnlyList<RunEntry> Runs, long ProfileCount);

/// <summary>
/// All there is to know about the state of a profile store: which files are it. Immutable; a newer state is another manifest that shares files
/// with this one. Paths are relative to the sandbox folder.
/// </summary>
public sealed record StoreManifest
{
    /// <summary>The version of manifests and of what they name; an older state is made anew from the lake.</summary>
    public const int CurrentVersion = 3;

    /// <summary>The state before any batch.</summary>
    public static StoreManifest Empty { get; } = new();

    /// <summary>The version of the files.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The last journal number that is in.</summary>
    public long Watermark { get; init; }

    /// <summary>The highest sequence that any batch had, removed ones included.</summary>
    public long LastSequence { get; init; }

    /// <summary>The batches that are in, in the order of their sequence.</summary>
    [JsonConverter(typeof(AppliedBatchesJsonConverter))]
    public IReadOnlyList<AppliedBatch> Batches { get; init; } = [];

    /// <summary>The identity graph as a chain of changes, oldest first.</summary>
    public IReadOnlyList<string> IdentityFiles { get; init; } = [];

    /// <summary>The links of the graph, a file a batch that has any.</summary>
    public IReadOnlyList<LinkEntry> LinkFiles { get; init; } = [];

    /// <summary>What restricts links.</summary>
    public LinkingRules Rules { get; init; } = LinkingRules.None;

    /// <summary>The ordinal of the next new identity.</summary>
    public long NextIdentityOrdinal { get; init; }

    /// <summary>The ordinal of the next new profile of the private graph; ordinals below it are in use or retired for ever.</summary>
    public long NextProfileOrdinal { get; init; }

    /// <summary>The profiles by merge method; that of <see cref="MergeMethod.Default"/> is always there, others once they are used.</summary>
    public IReadOnlyList<ProfileView> Views { get; init; } = [new ProfileView(MergeMethod.Default, [], 0)];

    /// <summary>The profiles under a method; null if nobody has used it.</summary>
    public ProfileView? View(MergeMethod method) => Views.FirstOrDefault(v => v.Method.Equals(method));

    /// <summary>The profiles under the default method.</summary>
    [JsonIgnore]
    public ProfileView Default => Views.First(v => v.Method.Equals(MergeMethod.Default));

    /// <summary>Every file that this state needs beside the lake's.</summary>
    [JsonIgnore]
    public IEnumerable<string> OwnFiles => Batches.SelectMany(b => b.KeyFiles).Concat(IdentityFiles).Concat(LinkFiles.Select(l => l.File))
        .Concat(Views.SelectMany(v => v.Runs).Select(r => r.File));

    /// <summary>Every file of the lake that this state needs.</summary>
    [JsonIgnore]
    public IEnumerable<string> LakeFiles => Batches.SelectMany(b => b.Batch.Files);
}
