namespace Muster.Engine.Values;

/// <summary>An instant as a value.</summary>
/// <param name="Milliseconds">Since the Unix epoch, UTC.</param>
public readonly record struct Timestamp(long Milliseconds);

/// <summary>A whole UTC day as a value.</summary>
/// <param name="Days">Since the Unix epoch.</param>
public readonly record struct Date(long Days);
