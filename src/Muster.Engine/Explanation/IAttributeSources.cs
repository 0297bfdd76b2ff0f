namespace Muster.Engine.Explanation;

/// <summary>
/// Knows which record a profile's attribute was taken from. The seam to whoever keeps the records; asked once for each attribute of an
/// explanation.
/// </summary>
public interface IAttributeSources
{
    /// <summary>The source of an attribute; null if it is not known.</summary>
    /// <param name="profileOrdinal">The profile.</param>
    /// <param name="path">Dotted, such as <c>person.name.firstName</c>; of a map or array the path of the whole.</param>
    AttributeSource? Find(long profileOrdinal, string path);
}

/// <summary>Where an attribute came from.</summary>
/// <param name="Path">The attribute.</param>
/// <param name="Dataset">The dataset of the record.</param>
/// <param name="Batch">The batch that brought it.</param>
/// <param name="Fragment">The identity that the record is of, such as <c>Email:a@example.com</c>; null if it is not known.</param>
/// <param name="Timestamp">When the record became current, ms since the epoch; null if it is not known.</param>
public sealed record AttributeSource(string Path, string Dataset, string Batch, string? Fragment, long? Timestamp);
