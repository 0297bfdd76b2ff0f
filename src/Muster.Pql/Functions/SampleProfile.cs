using Muster.Pql.Types;

namespace Muster.Pql.Functions;

/// <summary>The profile that the documentation's examples are about.</summary>
public static class SampleProfile
{
    /// <summary>The run's instant.</summary>
    public const string Now = "2031-05-09T10:30:00Z";

    /// <summary>The profile with its events.</summary>
    public const string Json = """
        {
          "_pet": {
            "kind": "cat", "tag": "K9-70", "age": 9, "weight": 4.5, "chipped": true, "born": "2022-02-28",
            "toys": ["ball", "mouse", "ball"],
            "visits": [
              {"reason": "flea", "cost": 40, "at": "2031-03-01T09:00:00Z"},
              {"reason": "tooth", "cost": 75, "at": "2031-05-02T16:45:30Z"},
              {"reason": "flea", "at": "2031-05-08T08:00:00Z"}
            ],
            "vaccines": {"rabies": {"date": "2030-06-01"}, "flu": {"date": "2031-01-15"}}
          },
          "xEvent": [
            {"_id": "1", "timestamp": "2031-05-01T12:00:00Z", "eventType": "shop.view"},
            {"_id": "2", "timestamp": "2031-05-03T12:00:00Z", "eventType": "shop.order"}
          ]
        }
        """;

    /// <summary>The schema of the profile.</summary>
    public static ProfileSchema Schema { get; } = new(DataType.ObjectOf(
        ("_pet", DataType.ObjectOf(
            ("kind", DataType.String), ("nick", DataType.String), ("tag", DataType.String), ("age", DataType.Integer),
                ("weight", DataType.Double),
            ("chipped", DataType.Boolean), ("born", DataType.Date), ("toys", DataType.ArrayOf(DataType.String)),
            ("visits", DataType.ArrayOf(DataType.ObjectOf(("reason", DataType.String), ("cost", DataType.Integer),
                ("at", DataType.Timestamp)))),
            ("vaccines", DataType.MapOf(DataType.ObjectOf(("date", DataType.Date)))))),
        ("xEvent", DataType.ArrayOf(DataType.ObjectOf(
            ("_id", DataType.String), ("timestamp", DataType.Timestamp), ("eventType", DataType.String))))), isOpen: false);
}
