namespace Muster.Storage.Lake;

/// <summary>Why a record fails.</summary>
internal readonly record struct RecordProblem(string Code, string Message);
