using Muster.Pql.Types;

namespace Muster.Pql.Tests;

/// <summary>A declared schema with a field of every kind, shared by the tests.</summary>
internal static class SampleSchema
{
    private static readonly DataType Event = DataType.ObjectOf(
        ("_id", DataType.String),
        ("timestamp", DataType.Timestamp),
        ("eventType", DataType.String),
        ("quantity", DataType.Integer),
        ("cart", DataType.ObjectOf(("total", DataType.Double),
            ("lines", DataType.ArrayOf(DataType.ObjectOf(("sku", DataType.String), ("price", DataType.Double)))))));

    private static readonly DataType Visit = DataType.ObjectOf(
        ("cost", DataType.Double), ("reason", DataType.String), ("on", DataType.Date), ("tags", DataType.ArrayOf(DataType.String)));

    private static readonly DataType Root = DataType.ObjectOf(
        ("xEvent", DataType.ArrayOf(Event)),
        ("person", DataType.ObjectOf(("name", DataType.String), ("birthDate", DataType.Date), ("active", DataType.Boolean))),
        ("age", DataType.Integer),
        ("weight", DataType.Double),
        ("signup", DataType.Timestamp),
        ("plan", DataType.String),
        ("limit", DataType.Double),
        ("readings", DataType.ArrayOf(DataType.Integer)),
        ("toys", DataType.ArrayOf(DataType.String)),
        ("visits", DataType.ArrayOf(Visit)),
        ("vaccines", DataType.MapOf(DataType.ObjectOf(("date", DataType.Date), ("dose", DataType.Integer)))),
        ("segmentMembership", DataType.MapOf(DataType.MapOf(DataType.ObjectOf(("status", DataType.String))))));

    public static ProfileSchema Declared { get; } = new(Root, isOpen: false);

    public static ProfileSchema Inferred { get; } = new(Root, isOpen: true);
}
