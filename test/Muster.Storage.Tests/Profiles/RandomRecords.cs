using System.Globalization;
using CsCheck;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Tests.Profiles;

/// <summary>Random types, and random values of them as SQL, with nulls and empty lists at every level.</summary>
internal static class RandomRecords
{
    public static Gen<DataType> Types(int depth)
    {
        DataType[] scalars = [DataType.Boolean, DataType.Integer, DataType.Double, DataType.String, DataType.Timestamp, DataType.Date];
        Gen<DataType> scalar = Gen.Int[0, scalars.Length - 1].Select(i => scalars[i]);
        if (depth == 0) return scalar;
        Gen<DataType> inner = Types(depth - 1);
        return Gen.Frequency(
            (3, scalar),
            (2, inner.Array[1, 3].Select(types => DataType.ObjectOf(types.Select((t, i) => new Field("f" + i, t))))),
            (2, inner.Select(DataType.ArrayOf)),
            (1, inner.Select(DataType.MapOf)));
    }

    // A null is cast at every level: on its own it would be an integer.
    public static string Value(DataType type, Random random) => $"({(random.Next(5) == 0 ? "NULL" : Present(type, random))})::{SqlText.Type(type)}";

    private static string Present(DataType type, Random random)
    {
        switch (type.Kind)
        {
            case TypeKind.Boolean: return random.Next(2) == 0 ? "true" : "false";
            case TypeKind.Integer: return random.NextInt64(-1_000_000_000_000, 1_000_000_000_000).ToString(CultureInfo.InvariantCulture);
            case TypeKind.Double: return (random.Next(-1000, 1000) + 0.5).ToString(CultureInfo.InvariantCulture) + "::DOUBLE";
            case TypeKind.String: return $"'{new string('x', random.Next(20))}{random.Next(30)}é'";
            case TypeKind.Timestamp: return $"make_timestamptz({random.NextInt64(-1_000_000_000_000_000, 2_000_000_000_000_000) / 1000 * 1000})";
            case TypeKind.Date: return $"('1970-01-01'::DATE + {random.Next(-20000, 20000)})";
            case TypeKind.Array: return $"[{string.Join(", ", Enumerable.Range(0, random.Next(4)).Select(_ => Value(type.Element!, random)))}]";
            case TypeKind.Map:
                return $"MAP([{string.Join(", ", Keys(random, out int count))}]::VARCHAR[], [{string.Join(", ", Enumerable.Range(0, count).Select(_ => Value(type.Element!, random)))}])";
            default: return "{" + string.Join(", ", type.Fields.Select(f => $"'{f.Name}': {Value(f.Type, random)}")) + "}";
        }
    }

    private static string[] Keys(Random random, out int count)
    {
        count = random.Next(4);
        return [.. Enumerable.Range(0, count).Select(i => $"'k{i}'")];
    }
}
