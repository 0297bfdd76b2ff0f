using Muster.Pql.Binding;
using Muster.Pql.Diagnostics;

namespace Muster.Pql.Syntax;

/// <summary><c>last week</c>: only within a time qualification.</summary>
internal sealed record PeriodSyntax(int Offset, TimeUnit Unit, TextSpan Span) : SyntaxNode(Span);

/// <summary>
/// What follows <c>occurs</c>, or stands in WHEN. Comparison and Count are null without a distance; Second is B of between A and B.
/// </summary>
internal sealed record TimeQualificationSyntax(
    TimeRelation Relation, string? Comparison, SyntaxNode? Count, TimeUnit Unit, SyntaxNode Reference, SyntaxNode? Second, TextSpan Span)
        : SyntaxNode(Span)
{
    public override IEnumerable<SyntaxNode> Children => new[] { Count, Reference, Second }.OfType<SyntaxNode>();
}

internal sealed record OccursSyntax(SyntaxNode Timestamp, TimeQualificationSyntax Qualification, TextSpan Span) : SyntaxNode(Span)
{
    public override IEnumerable<SyntaxNode> Children => [Timestamp, Qualification];
}

/// <summary>How often a chain's element must match; Maximum is null without a limit.</summary>
internal sealed record ChainCount(int Minimum, int? Maximum);

/// <summary>An element of a chain, or a gap.</summary>
internal abstract record ChainLinkSyntax(TextSpan Span) : SyntaxNode(Span);

internal sealed record ChainElementSyntax(
    string? Label, SyntaxNode What, TimeQualificationSyntax? When, SyntaxNode? Where, ChainCount? Count, TextSpan Span)
        : ChainLinkSyntax(Span)
{
    public override IEnumerable<SyntaxNode> Children => new[] { What, When, Where }.OfType<SyntaxNode>();
}

internal sealed record ChainGapSyntax(string Comparison, SyntaxNode Count, TimeUnit Unit, TextSpan Span) : ChainLinkSyntax(Span)
{
    public override IEnumerable<SyntaxNode> Children => [Count];
}

internal sealed record ChainSyntax(SyntaxNode Array, IReadOnlyList<string> Timestamp, IReadOnlyList<ChainLinkSyntax> Links, TextSpan Span)
    : SyntaxNode(Span)
{
    /// <summary>Where the path to the timestamp stands.</summary>
    public TextSpan TimestampSpan { get; init; }

    public override IEnumerable<SyntaxNode> Children => [Array, .. Links];
}
