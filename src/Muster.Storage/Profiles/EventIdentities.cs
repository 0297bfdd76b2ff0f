using System.Text;
using DuckDB.NET.Data;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Identity;

namespace Muster.Storage.Profiles;

/// <summary>
/// The identity maps of events. A run keeps a map whole only where the <see cref="IdentityMark"/> does not tell it; this makes the others again, from the
/// identity of the event.
/// </summary>
internal static class EventIdentities
{
    /// <summary>Gives the SQL of an instance what <see cref="Expression"/> needs.</summary>
    /// <param name="connection">Any connection of the instance that reads runs.</param>
    /// <param name="graph">Committed identities are read from it, at any time.</param>
    public static void Register(DuckDBConnection connection, IdentityGraph graph)
    {
        ArrayLookup.Register(connection, "muster_namespace", i => Encoding.UTF8.GetBytes(graph.Namespaces[graph.Identities.Namespace(i)]));
        ArrayLookup.Register(connection, "muster_id", graph.Identities.Id);
    }

    /// <summary>SQL of the field <see cref="RunFormat.IdentityMap"/> of events, all maps whole.</summary>
    /// <param name="type">The field's type.</param>
    /// <param name="isStored">Whether the run has the column: not where marks tell all maps.</param>
    /// <param name="alias">The alias of the table with a dot; empty for none.</param>
    public static string Expression(DataType type, bool isStored, string alias = "")
    {
        string column = alias + SqlText.Identifier(RunFormat.IdentityMap), mark = $"{alias}_mark::INTEGER", identity = alias + "_identity";
        // Data may bring a field of the name that is none of ours; no mark tells it.
        if (type is not { Kind: TypeKind.Map, Element: { Kind: TypeKind.Array, Element: { Kind: TypeKind.Object } item } }) return column;
        IEnumerable<string> fields = item.Fields.Select(f => $"{SqlText.Identifier(f.Name)} := " + f.Name switch
        {
            "id" => $"muster_id({identity})",
            "primary" => IdentityMark.Primary(mark),
            "authenticatedState" => IdentityMark.State(mark),
            _ => "NULL",
        });
        string whole = isStored ? column : $"NULL::{SqlText.Type(type)}";
        return $"CASE WHEN {mark} = {IdentityMark.Whole} THEN {whole} "
            + $"ELSE CAST(MAP([muster_namespace({identity})], [[struct_pack({string.Join(", ", fields)})]]) AS {SqlText.Type(type)}) END";
    }

    /// <summary>SQL of a column of events by name; identity maps are made whole.</summary>
    public static string Column(string name, RunFile run) => name == RunFormat.IdentityMap && run.EventType.TryGetField(name, out DataType? type)
        ? Expression(type, run.EventColumns.ContainsKey(name))
        : SqlText.Identifier(name);
}
