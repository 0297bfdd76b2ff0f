namespace Muster.Storage.Lookup;

/// <summary>How far the lookup store of a sandbox is.</summary>
/// <param name="Runs">The open runs.</param>
/// <param name="FilledRuns">Those of which every profile is in the store.</param>
/// <param name="Bytes">What it takes on disk.</param>
/// <param name="Failure">Why the last fill failed; null if it did not. It is tried again when the next run comes.</param>
public sealed record LookupState(int Runs, int FilledRuns, long Bytes, string? Failure);
