using System.Text;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Profiles;

/// <summary>
/// The DuckDB types of a run's columns: as in the lake, but text whose values repeat is an ENUM, at any depth. A place of text is named like
/// <c>items[].sku</c>, <c>attributes{}.name</c> (map values) and <c>attributes{key}</c>.
/// </summary>
internal sealed class RunTypes
{
    private readonly Dictionary<string, string> _enums = new(StringComparer.Ordinal);

    /// <summary>Makes the text at a place an ENUM of that (quoted, qualified) name.</summary>
    public void UseEnum(string place, string typeName) => _enums.Add(place, typeName);

    /// <summary>The DuckDB type of a column.</summary>
    public string Type(DataType type, string place)
    {
        switch (type.Kind)
        {
            case TypeKind.Array:
                return Type(type.Element!, place + "[]") + "[]";
            case TypeKind.Map:
                return $"MAP({_enums.GetValueOrDefault(place + "{key}", "VARCHAR")}, {Type(type.Element!, place + "{}")})";
            case TypeKind.Object when type.Fields.Count > 0:
                var text = new StringBuilder("STRUCT(");
                foreach (Field field in type.Fields)
                {
                    if (text.Length > 7) text.Append(", ");
                    text.Append(SqlText.Identifier(field.Name)).Append(' ').Append(Type(field.Type, place + "." + field.Name));
                }
                return text.Append(')').ToString();
            default:
                return _enums.TryGetValue(place, out string? name) ? name : SqlText.Type(type);
        }
    }

    /// <summary>All places of text in a column, with an expression that gives all their values, a row a value.</summary>
    public static IEnumerable<(string Place, string Values)> TextPlaces(DataType type, string place, string expression, bool isList = false)
    {
        switch (type.Kind)
        {
            case TypeKind.String:
                return [(place, isList ? $"unnest({expression})" : expression)];
            case TypeKind.Array:
                return TextPlaces(type.Element!, place + "[]", isList ? $"flatten({expression})" : expression, isList: true);
            case TypeKind.Map:
                string keys = isList ? $"flatten(list_transform({expression}, x -> map_keys(x)))" : $"map_keys({expression})";
                string values = isList ? $"flatten(list_transform({expression}, x -> map_values(x)))" : $"map_values({expression})";
                return TextPlaces(type.Element!, place + "{}", values, isList: true).Prepend((place + "{key}", $"unnest({keys})"));
            case TypeKind.Object:
                return type.Fields.SelectMany(f => TextPlaces(
                    f.Type,
                    place + "." + f.Name,
                    isList ? $"list_transform({expression}, x -> x.{SqlText.Identifier(f.Name)})" : $"{expression}.{SqlText.Identifier(f.Name)}",
                    isList));
            default:
                return [];
        }
    }
}
