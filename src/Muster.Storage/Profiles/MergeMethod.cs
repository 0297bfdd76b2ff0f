using System.Text.Json.Serialization;

namespace Muster.Storage.Profiles;

/// <summary>Which identities are one profile.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GraphType>))]
public enum GraphType
{
    /// <summary>The private graph: identities that were seen together. A profile's ordinal is that of its component.</summary>
    Pdg,

    /// <summary>No graph: each primary identity is a profile of its own. A profile's ordinal is that of the identity.</summary>
    None,
}

/// <summary>
/// The part of a merge policy that decides what profiles look like (reference/profile-api.md, section 2.1). Two policies of one method share
/// their runs. Immutable; equal by value.
/// </summary>
public sealed record MergeMethod
{
    /// <summary>The field that says how recent a record is, where records have it; else the time of their ingestion counts.</summary>
    public const string StandardTimestampField = "extSourceSystemAudit.lastUpdatedDate";

    /// <summary>What every sandbox has from the start: the private graph, most recent value first.</summary>
    public static MergeMethod Default { get; } = new();

    /// <summary>Which identities are one profile.</summary>
    public GraphType Graph { get; init; }

    /// <summary>
    /// Dataset ids, the one that wins first; datasets that are not in it contribute nothing. Null: all datasets, the most recent value wins.
    /// </summary>
    public IReadOnlyList<string>? Precedence { get; init; }

    /// <summary>The dotted path of the field that says how recent a record is; of no use under precedence between datasets.</summary>
    public string TimestampField { get; init; } = StandardTimestampField;

    /// <summary>A text that is equal for equal methods only.</summary>
    [JsonIgnore]
    public string Key => $"{Graph}|{TimestampField}|{(Precedence is null ? "*" : string.Join(',', Precedence))}";

    /// <summary>True if the data of a dataset is part of the profiles.</summary>
    public bool Includes(string datasetId) => Precedence is null || Precedence.Contains(datasetId, StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool Equals(MergeMethod? other) => other is not null && Key == other.Key;

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);
}
