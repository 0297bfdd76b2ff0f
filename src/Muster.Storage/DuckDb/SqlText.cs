using System.Text;
using Muster.Pql.Types;

namespace Muster.Storage.DuckDb;

/// <summary>Pieces of DuckDB SQL made from names and types, always quoted: no text of a user is ever spliced in bare.</summary>
public static class SqlText
{
    /// <summary>A quoted identifier; any characters are allowed in the name.</summary>
    public static string Identifier(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    /// <summary>A quoted string literal.</summary>
    public static string Literal(string value) => "'" + value.Replace("'", "''", StringComparison.Ordinal) + "'";

    /// <summary>A list of string literals, as the readers of files take it.</summary>
    public static string Literals(IEnumerable<string> values) => "[" + string.Join(", ", values.Select(Literal)) + "]";

    /// <summary>
    /// The DuckDB type that holds values of a PQL type in lake files: BIGINT, DOUBLE, VARCHAR, BOOLEAN, TIMESTAMPTZ, DATE, STRUCT, LIST, MAP.
    /// Unknown and Null (a field whose every value is null) are VARCHAR; an object without fields is a STRUCT with one unused field, for DuckDB has
    /// no empty one.
    /// </summary>
    public static string Type(DataType type)
    {
        switch (type.Kind)
        {
            case TypeKind.Boolean: return "BOOLEAN";
            case TypeKind.Integer: return "BIGINT";
            case TypeKind.Double: return "DOUBLE";
            case TypeKind.Timestamp: return "TIMESTAMPTZ";
            case TypeKind.Date: return "DATE";
            case TypeKind.Array: return Type(type.Element!) + "[]";
            case TypeKind.Map: return $"MAP(VARCHAR, {Type(type.Element!)})";
            case TypeKind.Object:
                if (type.Fields.Count == 0) return "STRUCT(\"_\" VARCHAR)";
                var text = new StringBuilder("STRUCT(");
                for (int i = 0; i < type.Fields.Count; i++)
                    text.Append(i == 0 ? "" : ", ").Append(Identifier(type.Fields[i].Name)).Append(' ').Append(Type(type.Fields[i].Type));
                return text.Append(')').ToString();
            default: return "VARCHAR";
        }
    }
}
