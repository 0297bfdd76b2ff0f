using System.Text.Json.Serialization;
using Muster.Pql.Types;
using Muster.Storage.Lake;

namespace Muster.Storage.Profiles;

/// <summary>
/// One committed batch of a profile-enabled dataset. Every file has the columns of <paramref name="Schema"/> and always <c>_id</c>,
/// <c>identityMap</c> and, if its records are events, <c>timestamp</c>.
/// </summary>
/// <param name="DatasetId">Its dataset.</param>
/// <param name="BatchId">Unique in the sandbox.</param>
/// <param name="Sequence">Its place in the journal: a later batch replaces records of an earlier one.</param>
/// <param name="IngestedAt">When it was committed, in milliseconds since the epoch.</param>
/// <param name="Behavior">Records or events.</param>
/// <param name="Schema">An object type: the columns of the files.</param>
/// <param name="Files">Parquet files, relative to the sandbox folder.</param>
public sealed record LakeBatch(
    string DatasetId,
    string BatchId,
    long Sequence,
    long IngestedAt,
    DatasetBehavior Behavior,
    [property: JsonConverter(typeof(DataTypeJsonConverter))] DataType Schema,
    IReadOnlyList<string> Files);

/// <summary>A batch that profiles were made from.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="KeyFiles">For each of its files, in order, a Parquet file with the ordinal of each record's primary identity (-1: none).</param>
public sealed record AppliedBatch(LakeBatch Batch, IReadOnlyList<string> KeyFiles);

/// <summary>One immutable file of merged profiles and their events.</summary>
/// <param name="File">Relative to the sandbox folder.</param>
/// <param name="Profiles">Its profiles, those included that a newer run has replaced since.</param>
/// <param name="Events">Its events, likewise.</param>
/// <param name="Tombstones">How many profiles of older runs it replaces or ends.</param>
public sealed record RunEntry(string File, long Profiles, long Events, long Tombstones);

/// <summary>
/// All there is to know about the state of a profile store: which files are it. Immutable; a newer state is another manifest that shares files
/// with this one. Paths are relative to the sandbox folder.
/// </summary>
public sealed record StoreManifest
{
    /// <summary>The state before any batch.</summary>
    public static StoreManifest Empty { get; } = new();

    /// <summary>The last journal number that is in.</summary>
    public long Watermark { get; init; }

    /// <summary>The batches that are in, in the order of their sequence.</summary>
    public IReadOnlyList<AppliedBatch> Batches { get; init; } = [];

    /// <summary>The identity graph as a chain of changes, oldest first.</summary>
    public IReadOnlyList<string> IdentityFiles { get; init; } = [];

    /// <summary>
    /// The links of the graph, a Parquet file a batch that has any: identities <c>first</c> and <c>second</c>, <c>dataset</c>, <c>batch</c>,
    /// <c>established</c> (milliseconds).
    /// </summary>
    public IReadOnlyList<string> LinkFiles { get; init; } = [];

    /// <summary>The ordinal of the next new identity.</summary>
    public long NextIdentityOrdinal { get; init; }

    /// <summary>The ordinal of the next new profile; ordinals below it are in use or retired for ever.</summary>
    public long NextProfileOrdinal { get; init; }

    /// <summary>The runs, oldest first; a newer one hides what it replaces in older ones.</summary>
    public IReadOnlyList<RunEntry> Runs { get; init; } = [];

    /// <summary>The profiles that count.</summary>
    public long ProfileCount { get; init; }

    /// <summary>Every file that this state needs beside the lake's.</summary>
    [JsonIgnore]
    public IEnumerable<string> OwnFiles => Batches.SelectMany(b => b.KeyFiles).Concat(IdentityFiles).Concat(LinkFiles).Concat(Runs.Select(r => r.File));
}
