namespace Muster.Cli.Demo;

/// <summary>Something that the shop sells.</summary>
internal sealed record Product(string Sku, string Name, string Category, double Price);

/// <summary>A country with the cities of its customers; a higher weight means more of them.</summary>
internal sealed record Country(string Code, int Weight, string[] Cities);

/// <summary>What the shop sells, and where and to whom: invented, fixed.</summary>
internal static class Assortment
{
    public static Product[] Products { get; } =
    [
        .. Make("Audio", ("Headphones", 149), ("Earbuds", 89), ("Speaker", 219), ("Turntable", 329), ("Microphone", 119)),
        .. Make("Books", ("Novel", 14), ("Cookbook", 29), ("Atlas", 49), ("Biography", 22), ("Comic", 12)),
        .. Make("Garden", ("Spade", 35), ("Hose", 42), ("Lawn mower", 399), ("Seeds", 6), ("Planter", 25)),
        .. Make("Kitchen", ("Kettle", 39), ("Knife", 79), ("Pan", 65), ("Toaster", 45), ("Mixer", 189)),
        .. Make("Sport", ("Ball", 24), ("Racket", 139), ("Mat", 32), ("Bicycle", 749), ("Gloves", 27)),
        .. Make("Toys", ("Puzzle", 19), ("Kite", 23), ("Train set", 99), ("Blocks", 34), ("Doll", 28)),
    ];

    public static Country[] Countries { get; } =
    [
        new("US", 40, ["New York", "Chicago", "Austin", "Seattle"]),
        new("FR", 15, ["Paris", "Lyon", "Lille"]),
        new("DE", 15, ["Berlin", "Hamburg", "Leipzig"]),
        new("GB", 12, ["London", "Leeds", "Cardiff"]),
        new("CA", 8, ["Toronto", "Montreal"]),
        new("JP", 6, ["Tokyo", "Osaka"]),
        new("BR", 4, ["Recife", "Curitiba"]),
    ];

    public static string[] FirstNames { get; } =
        ["Ada", "Ben", "Chloe", "David", "Emma", "Felix", "Grace", "Hugo", "Iris", "Jonas", "Kenji", "Lena", "Mateo", "Nora", "Omar", "Paula", "Quentin", "Rosa", "Sofia", "Theo"];

    public static string[] LastNames { get; } =
        ["Almeida", "Baker", "Claes", "Dubois", "Evans", "Fischer", "Garcia", "Haas", "Ito", "Jensen", "Keller", "Lopez", "Martin", "Nakamura", "Olsen", "Petit", "Rossi", "Silva", "Tanaka", "Weber"];

    public static string[] Tiers { get; } = ["bronze", "silver", "gold"];

    private static IEnumerable<Product> Make(string category, params (string Name, double Price)[] products) =>
        products.Select((product, i) => new Product($"{category[..2].ToUpperInvariant()}-{i + 1:000}", product.Name, category, product.Price));
}
