using Muster.Pql.Types;

namespace Muster.Storage.Lake;

/// <summary>
/// Says where the columns of flat records go in an XDM record. As JSON: <c>{"fields": [{"source", "target", "type", "format"},
/// {"constant", "target"} or {"rowId", "target"}], "identities": [{"source", "namespace", "primary", "authenticatedState"}]}</c>; docs/ingestion.md explains it.
/// </summary>
/// <param name="Fields">Values and where they go; no target is part of another.</param>
/// <param name="Identities">Values that become identities.</param>
public sealed record RecordMapping(IReadOnlyList<MappedField> Fields, IReadOnlyList<MappedIdentity> Identities)
{
    /// <summary>Reads a mapping.</summary>
    /// <param name="json">UTF-8, with or without a byte order mark.</param>
    /// <exception cref="FormatException">It is not a mapping; the message says what is wrong and where.</exception>
    public static RecordMapping Parse(ReadOnlySpan<byte> json) => RecordMappingReader.Read(json);

    /// <summary>The columns that the mapping reads, each once.</summary>
    public IReadOnlyList<string> Sources { get; } =
        [.. Fields.Select(f => f.Source).OfType<string>().Concat(Identities.Select(i => i.Source)).Distinct(StringComparer.Ordinal)];
}

/// <summary>One value of a record.</summary>
/// <param name="Target">Dotted path; <c>name[0]</c> is the first element of an array: <c>productListItems[0].SKU</c>.</param>
/// <param name="Source">The column; null for a constant.</param>
/// <param name="Constant">A JSON scalar; null if there is a column.</param>
/// <param name="Type">The type of the field if the schema is inferred; null to go by the values.</param>
/// <param name="Format">How the column writes dates: a .NET custom format, <c>epoch-s</c> or <c>epoch-ms</c>; null for ISO 8601.</param>
public sealed record MappedField(string Target, string? Source, string? Constant, DataType? Type, string? Format)
{
    /// <summary>Instead of a column or constant: the value is this text, the name of the file, <c>#</c> and the number of the record.</summary>
    public string? RowId { get; init; }
}

/// <summary>One identity of a record.</summary>
/// <param name="Source">The column of the id; where it is empty the record does not have this identity.</param>
/// <param name="Namespace">The code of its namespace.</param>
/// <param name="Primary">Whether it is the primary identity.</param>
/// <param name="AuthenticatedState"><c>ambiguous</c>, <c>authenticated</c> or <c>loggedOut</c>; null to say nothing.</param>
public sealed record MappedIdentity(string Source, string Namespace, bool Primary, string? AuthenticatedState);
