namespace Muster.Services.Segmentation.Definitions;

/// <summary>Which definitions a listing shows.</summary>
/// <param name="Skip">How many to skip.</param>
/// <param name="Limit">The most to return.</param>
/// <param name="SortField"><c>creationTime</c>, <c>updateTime</c> or <c>name</c>.</param>
/// <param name="Descending">Highest first.</param>
/// <param name="Evaluation">For each flag of evaluationInfo that was asked for, whether it must be true.</param>
public sealed record DefinitionListing(int Skip, int Limit, string SortField, bool Descending, IReadOnlyDictionary<string, bool> Evaluation);
