namespace Muster.Cli.Demo;

/// <summary>An audience of the demonstration. In <paramref name="Pql"/>, <c>{Name}</c> stands for the id of an earlier one.</summary>
internal sealed record DemoAudience(string Name, string Description, string Pql)
{
    public static DemoAudience[] All { get; } =
    [
        new("US customers", "a field of the profile",
            """homeAddress.country = "US" """),
        new("Gold members abroad", "two fields and a negation",
            """loyalty.tier = "gold" and not (homeAddress.country = "US")"""),
        new("Guests", "known by their events alone",
            "isNull(person.name.lastName)"),
        new("Active this week", "an event in the last 7 days",
            "xEvent.exists(timestamp occurs <= 7 days before now)"),
        new("Regulars", "at least 3 purchases in 90 days",
            """xEvent[eventType = "commerce.purchases" and timestamp occurs <= 90 days before now].count() >= 3"""),
        new("Big spenders", "the sum of a year's orders",
            """xEvent[eventType = "commerce.purchases"].sum(commerce.order.priceTotal) >= 3000"""),
        new("Large baskets", "the average of all orders",
            """xEvent[eventType = "commerce.purchases"].average(commerce.order.priceTotal) > 500"""),
        new("Audio in twos", "a condition on the product lines of a purchase",
            """xEvent.exists(eventType = "commerce.purchases" and productListItems.exists(_shop.category = "Audio" and quantity >= 2))"""),
        new("Viewed, added, bought", "a sequence within the last 30 days",
            """
            CHAIN(xEvent, timestamp, [
              A: WHAT(eventType = "commerce.productViews") WHEN(<= 30 days before now),
              B: WHAT(eventType = "commerce.productListAdds"),
              C: WHAT(eventType = "commerce.purchases")])
            """),
        new("Abandoned basket", "added in the last 14 days, and bought nothing since",
            """
            xEvent.exists(eventType = "commerce.productListAdds" and timestamp occurs <= 14 days before now)
            and not CHAIN(xEvent, timestamp, [
              A: WHAT(eventType = "commerce.productListAdds") WHEN(<= 14 days before now),
              B: WHAT(eventType = "commerce.purchases")])
            """),
        new("Read, never bought", "opened e-mails without any purchase",
            """xEvent[eventType = "directMarketing.emailOpened"].count() >= 2 and not xEvent.exists(eventType = "commerce.purchases")"""),
        new("US big spenders", "two other audiences",
            """inSegment("{US customers}") and inSegment("{Big spenders}")"""),
    ];

    /// <summary>The query with the ids of the audiences it refers to.</summary>
    public string Resolve(IReadOnlyDictionary<string, string> idsByName) =>
        idsByName.Aggregate(Pql.Trim(), (query, entry) => query.Replace($"{{{entry.Key}}}", entry.Value, StringComparison.Ordinal));
}
