namespace Muster.Storage.Profiles;

/// <summary>Events of one identity and batch that a new run takes over from older ones.</summary>
/// <param name="Identity">The ordinal of their primary identity.</param>
/// <param name="Batch">Their batch.</param>
/// <param name="Count">How many.</param>
internal readonly record struct KeptEvents(int Identity, LakeBatch Batch, int Count);
