using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Engine.Tests.Specs;
using Muster.Pql.Types;

namespace Muster.Engine.Tests.Execution;

/// <summary>Random profiles with every shape of data: missing fields, empty arrays, ties of time.</summary>
internal static class RandomProfiles
{
    public static ProfileSchema Schema { get; } = new(TypeNotation.Parse("""
        {name: String, age: Integer, points: Integer, score: Double, vip: Boolean, joined: Timestamp, born: Date, tags: [String], numbers: [Integer],
         address: {city: String, zip: Integer}, labels: <String>, stats: <{n: Integer, at: Timestamp}>,
         items: [{sku: String, price: Double, quantity: Integer}],
         xEvent: [{_id: String, timestamp: Timestamp, eventType: String, price: Double, quantity: Integer, place: {city: String},
           lines: [{sku: String, price: Double, quantity: Integer}]}]}
        """), isOpen: false);

    public static long Now { get; } = new DateTimeOffset(2031, 8, 28, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>The schema without some of its fields, of the profile and of events: open, so that queries may name them.</summary>
    public static ProfileSchema Part(int seed)
    {
        var random = new Random(seed);
        DataType Less(DataType type) => type.Kind switch
        {
            TypeKind.Object => DataType.ObjectOf(type.Fields.Where(_ => random.Next(6) > 0).Select(field => new Field(field.Name, Less(field.Type)))),
            TypeKind.Array => DataType.ArrayOf(Less(type.Element!)),
            _ => type,
        };
        return new ProfileSchema(Less(Schema.Profile), isOpen: true);
    }

    public static List<(int Id, JsonElement Record)> Make(int seed, int count)
    {
        var random = new Random(seed);
        return Enumerable.Range(1, count).Select(id => (id, JsonSerializer.SerializeToElement(Profile(random)))).ToList();
    }

    private static JsonObject Profile(Random random)
    {
        var profile = new JsonObject();
        Maybe(random, profile, "name", Text);
        Maybe(random, profile, "age", Whole);
        Maybe(random, profile, "points", Whole);
        Maybe(random, profile, "score", Fraction);
        Maybe(random, profile, "vip", r => r.Next(2) == 0);
        Maybe(random, profile, "joined", Time);
        Maybe(random, profile, "born", r => $"2031-08-{r.Next(1, 32):00}");
        Maybe(random, profile, "tags", r => Array(r, 4, Text));
        Maybe(random, profile, "numbers", r => Array(r, 4, Whole));
        Maybe(random, profile, "address", r => Object(r, ("city", Text), ("zip", Whole)));
        Maybe(random, profile, "labels", r => Object(r, ("x", Text), ("y", Text)));
        Maybe(random, profile, "stats", r => Object(r, ("a", q => Object(q, ("n", Whole), ("at", Time))), ("b", q => Object(q, ("n", Whole), ("at", Time)))));
        Maybe(random, profile, "items", r => Array(r, 3, Item));
        Maybe(random, profile, "xEvent", r => Array(r, 7, Event));
        return profile;
    }

    private static JsonNode? Event(Random random) => Object(random, ("_id", r => r.Next(1000).ToString(System.Globalization.CultureInfo.InvariantCulture)), ("timestamp", Time),
        ("eventType", Text), ("price", Fraction), ("quantity", Whole), ("place", r => Object(r, ("city", Text))), ("lines", r => Array(r, 3, Item)));

    private static JsonNode? Item(Random random) => Object(random, ("sku", Text), ("price", Fraction), ("quantity", Whole));

    private static JsonNode? Text(Random random) => new[] { "a", "b", "ab", "bb", "A", "", "c" }[random.Next(7)];

    private static JsonNode? Whole(Random random) => random.Next(60) switch
    {
        0 => long.MaxValue - random.Next(3),
        1 => long.MinValue + random.Next(3),
        _ => random.Next(-1, 5),
    };

    private static JsonNode? Fraction(Random random) => random.Next(-4, 10) * 0.5;

    private static JsonNode? Time(Random random) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Now).AddHours(6 * random.Next(-40, 12)).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    private static JsonObject Object(Random random, params (string Name, Func<Random, JsonNode?> Make)[] fields)
    {
        var made = new JsonObject();
        foreach ((string name, Func<Random, JsonNode?> make) in fields) Maybe(random, made, name, make);
        return made;
    }

    private static JsonArray Array(Random random, int most, Func<Random, JsonNode?> make) =>
        new(Enumerable.Range(0, random.Next(most + 1)).Select(_ => random.Next(8) == 0 ? null : make(random)).ToArray());

    private static void Maybe(Random random, JsonObject target, string name, Func<Random, JsonNode?> make)
    {
        if (random.Next(5) > 0) target[name] = make(random);
    }
}
