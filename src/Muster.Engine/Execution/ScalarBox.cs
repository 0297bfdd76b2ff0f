using Muster.Engine.Planning;
using Muster.Engine.Values;
using Muster.Pql.Types;

namespace Muster.Engine.Execution;

/// <summary>Single values of vectors as objects, for operations that are not worth a kernel.</summary>
internal static class ScalarBox
{
    public static ValueKind KindOf(TypeKind type) => type switch
    {
        TypeKind.Boolean => ValueKind.Bits,
        TypeKind.Double => ValueKind.Double,
        TypeKind.String => ValueKind.Text,
        _ => ValueKind.Int64,
    };

    public static object? Read(Vector vector, ValueKind kind, TypeKind type, int row)
    {
        if (!vector.IsValid(row)) return null;
        return kind switch
        {
            ValueKind.Bits => vector.IsTrue(row),
            ValueKind.Double => vector.Doubles[row],
            ValueKind.Text => vector.TextAt(row),
            _ when type == TypeKind.Timestamp => new Timestamp(vector.Longs[row]),
            _ when type == TypeKind.Date => new Date(vector.Longs[row]),
            _ => vector.Longs[row],
        };
    }
}
