namespace Muster.Cli.Demo;

/// <summary>One visit, or one e-mail and what came of it: events that follow each other within two hours.</summary>
internal static class Session
{
    /// <summary>The longest time from the first event of a session to its last.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromHours(2);

    public static IEnumerable<ShopEvent> Make(Random random, DateTimeOffset start) => random.Next(100) < 15 ? Mail(random, start) : Visit(random, start);

    private static IEnumerable<ShopEvent> Mail(Random random, DateTimeOffset at)
    {
        yield return new ShopEvent(EventKinds.EmailSent, at, false, []);
        if (random.Next(100) >= 40) yield break;
        yield return new ShopEvent(EventKinds.EmailOpened, at = Later(random, at), false, []);
        if (random.Next(100) < 30) yield return new ShopEvent(EventKinds.EmailClicked, Later(random, at), false, []);
    }

    private static IEnumerable<ShopEvent> Visit(Random random, DateTimeOffset at)
    {
        for (int i = random.Next(1, 4); i > 0; i--)
            yield return new ShopEvent(EventKinds.PageView, at = Later(random, at), false, []);

        var basket = new List<BasketLine>();
        for (int i = random.Next(0, 5); i > 0; i--)
        {
            BasketLine line = new(Assortment.Products[random.Next(Assortment.Products.Length)], random.Next(1, 4));
            yield return new ShopEvent(EventKinds.ProductView, at = Later(random, at), false, [line with { Quantity = 1 }]);
            if (random.Next(100) >= 45) continue;
            basket.Add(line);
            yield return new ShopEvent(EventKinds.Add, at = Later(random, at), true, [line]);
        }
        if (basket.Count == 0 || random.Next(100) >= 60) yield break;
        yield return new ShopEvent(EventKinds.Checkout, at = Later(random, at), true, basket);
        if (random.Next(100) < 75) yield return new ShopEvent(EventKinds.Purchase, Later(random, at), true, basket);
    }

    // At most 13 events follow the first: 13 steps of nine minutes stay below the longest session.
    private static DateTimeOffset Later(Random random, DateTimeOffset at) => at.AddMilliseconds(random.Next(5_000, 9 * 60_000));
}
