using Muster.Pql.Diagnostics;

namespace Muster.Engine.Explanation;

/// <summary>Why a profile is, or is not, a member of a segment at an instant.</summary>
/// <param name="SegmentId">The segment.</param>
/// <param name="ProfileOrdinal">The profile.</param>
/// <param name="AsOf">What <c>now</c> was, ms since the epoch; later events were hidden.</param>
/// <param name="IsMember">The verdict: that of the engine.</param>
/// <param name="Root">The query with the value of each part.</param>
/// <param name="FirstFailure">The path of the first condition that keeps the profile out; null for a member.</param>
/// <param name="NearestMiss">What would make it a member, as a sentence; null for a member, and where nothing near can be named.</param>
public sealed record ProfileExplanation(
    string SegmentId, long ProfileOrdinal, long AsOf, bool IsMember, ExplainedPart Root, string? FirstFailure, string? NearestMiss);

/// <summary>A part of a query with its value for one profile.</summary>
/// <param name="Path">Its place in the tree: <c>0</c> is the root, <c>0.1</c> its second part.</param>
/// <param name="Text">As it was written, or in a notation of ours where the query is no text.</param>
/// <param name="Span">Where it stands in the query's text.</param>
/// <param name="Value">Its value, short: an array is its length.</param>
/// <param name="IsTrue">Its truth where a truth is wanted; null for other values.</param>
/// <param name="Miss">What would make it true, if it is false and something can be named.</param>
/// <param name="Matches">The elements that matched, by step of a sequence or for the clause of a quantifier or an aggregate.</param>
/// <param name="Sources">Where the attributes that it reads itself came from.</param>
/// <param name="Parts">Its parts.</param>
public sealed record ExplainedPart(
    string Path, string Text, TextSpan Span, string Value, bool? IsTrue, string? Miss, IReadOnlyList<ExplainedStep> Matches,
    IReadOnlyList<AttributeSource> Sources, IReadOnlyList<ExplainedPart> Parts);

/// <summary>The elements that matched one step of a sequence, or the clause of a quantifier or an aggregate.</summary>
/// <param name="Name">The step's label or the clause's variable.</param>
/// <param name="Looked">How many elements there are.</param>
/// <param name="Matched">How many matched.</param>
/// <param name="Elements">The first of them, in order; at most <see cref="ProfileExplainer.MostElements"/>.</param>
public sealed record ExplainedStep(string Name, int Looked, int Matched, IReadOnlyList<ExplainedElement> Elements);

/// <summary>An element that matched.</summary>
/// <param name="Index">Its place in the array, from 0; events by time.</param>
/// <param name="Id">The <c>_id</c> of an event; null for others.</param>
/// <param name="Timestamp">Of an event, ms since the epoch; null if it has none.</param>
/// <param name="Text">The element in short.</param>
public sealed record ExplainedElement(int Index, string? Id, long? Timestamp, string Text);
