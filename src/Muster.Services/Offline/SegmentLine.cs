using Muster.Pql;

namespace Muster.Services.Offline;

/// <summary>A line of a segments file: <c>{"id","pql","format"?}</c>, or why it is none.</summary>
/// <param name="Number">Its line number, from 1.</param>
/// <param name="Id">Null if the line has none.</param>
/// <param name="Query">The query as it was written; empty if there is a fault.</param>
/// <param name="Format">How it is written.</param>
/// <param name="Fault">One sentence that names the line; null if the line is fine.</param>
public sealed record SegmentLine(int Number, string? Id, string Query, PqlFormat Format, string? Fault);
