using Muster.Storage.DuckDb;

namespace Muster.Storage.Profiles;

/// <summary>SQL that tells people by the <c>identityMap</c> of a record.</summary>
internal static class NamedPeople
{
    /// <summary>A condition: the map names one of the people. Namespaces match in any case.</summary>
    public static string Condition(IEnumerable<(string Namespace, string Id)> people) =>
        "coalesce(list_has_any(flatten(list_transform(map_entries(\"identityMap\"), "
        + $"e -> list_transform(e.value, i -> upper(e.key) || ':' || i.id))), {Texts(people)}), false)";

    /// <summary>An expression: the map without these people; a namespace of which none is left goes too.</summary>
    public static string Without(IEnumerable<(string Namespace, string Id)> people) =>
        "map_from_entries(list_filter(list_transform(map_entries(\"identityMap\"), e -> struct_pack(k := e.key, v := list_filter(e.value, "
        + $"i -> NOT list_contains({Texts(people)}, upper(e.key) || ':' || i.id)))), e -> len(e.v) > 0))";

    private static string Texts(IEnumerable<(string Namespace, string Id)> people) => SqlText.Literals(people.Select(p => p.Namespace.ToUpperInvariant() + ":" + p.Id));
}
