using Muster.Engine.Planning;
using Muster.Pql;
using Muster.Pql.Diagnostics;
using Muster.Pql.Types;

namespace Muster.Services.Segmentation.Jobs;

/// <summary>The definitions of a job, compiled.</summary>
/// <param name="Queries">Those that have a meaning over the schema.</param>
/// <param name="Errors">One for each of the others.</param>
internal sealed record CompiledSegments(IReadOnlyList<SegmentQuery> Queries, IReadOnlyList<JobError> Errors)
{
    /// <summary>Compiles definitions; those that have no meaning over this schema become errors, the others go on.</summary>
    public static CompiledSegments Compile(IReadOnlyList<JobSegment> segments, ProfileSchema schema)
    {
        var errors = new List<JobError>();
        var queries = new List<SegmentQuery>();
        foreach (JobSegment segment in segments)
        {
            PqlFormat format = segment.Format == "pql/json" ? PqlFormat.Json : PqlFormat.Text;
            PqlCompilation compilation = PqlCompiler.CompileSegment(segment.Value, format, schema);
            if (compilation.Query is { } query) queries.Add(new SegmentQuery(segment.SegmentId, query));
            else errors.Add(Error(segment.SegmentId, compilation.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error)));
        }

        return new CompiledSegments(queries, errors);
    }

    private static JobError Error(string segmentId, Diagnostic diagnostic) =>
        new(
            "UPSEG-1001-400",
            $"Segment '{segmentId}' does not compile: {diagnostic.Code} at {diagnostic.Span.Start}: {diagnostic.Message}",
            "");
}
