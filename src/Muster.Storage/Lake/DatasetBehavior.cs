namespace Muster.Storage.Lake;

/// <summary>What the records of a dataset are.</summary>
public enum DatasetBehavior
{
    /// <summary>A record describes a person: a later one of the same primary identity replaces it whole.</summary>
    Record,

    /// <summary>A record is an event: it happened once and is never replaced.</summary>
    TimeSeries,
}
