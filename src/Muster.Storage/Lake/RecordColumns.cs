using Muster.Pql.Types;
using Muster.Storage.Schemas;

namespace Muster.Storage.Lake;

/// <summary>The columns that every lake file has, whatever the schema of its dataset.</summary>
public static class RecordColumns
{
    /// <summary>The record's own id.</summary>
    public const string Id = "_id";

    /// <summary>When an event happened.</summary>
    public const string Timestamp = "timestamp";

    /// <summary>Namespace to identities.</summary>
    public const string IdentityMap = "identityMap";

    /// <summary>
    /// A schema with these columns first, in their own types; of <c>timestamp</c> only for events. A field of
    /// the schema that has such a name gives way, also if it differs in case: the columns of files ignore case.
    /// </summary>
    /// <param name="schema">An object type.</param>
    /// <param name="behavior">What the records are.</param>
    public static DataType AddTo(DataType schema, DatasetBehavior behavior)
    {
        var columns = new List<Field> { new(Id, DataType.String) };
        if (behavior == DatasetBehavior.TimeSeries) columns.Add(new Field(Timestamp, DataType.Timestamp));
        columns.Add(new Field(IdentityMap, XdmStandardSchema.IdentityMap));
        var taken = new HashSet<string>(columns.Select(c => c.Name), StringComparer.OrdinalIgnoreCase);
        return DataType.ObjectOf(columns.Concat(schema.Fields.Where(f => !taken.Contains(f.Name))).ToArray());
    }
}
