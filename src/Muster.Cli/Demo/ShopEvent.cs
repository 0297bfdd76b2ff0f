namespace Muster.Cli.Demo;

/// <summary>An event of the made-up shop; <paramref name="Lines"/> are the products it is about.</summary>
internal readonly record struct ShopEvent(string Type, DateTimeOffset Timestamp, bool IsShopping, IReadOnlyList<BasketLine> Lines);

/// <summary>So many of a product.</summary>
internal readonly record struct BasketLine(Product Product, int Quantity)
{
    public double Total => Math.Round(Product.Price * Quantity, 2);
}

/// <summary>The kinds of events, with the names that Adobe Experience Platform gives them.</summary>
internal static class EventKinds
{
    public const string PageView = "web.webpagedetails.pageViews";
    public const string ProductView = "commerce.productViews";
    public const string Add = "commerce.productListAdds";
    public const string Checkout = "commerce.checkouts";
    public const string Purchase = "commerce.purchases";
    public const string EmailSent = "directMarketing.emailSent";
    public const string EmailOpened = "directMarketing.emailOpened";
    public const string EmailClicked = "directMarketing.emailClicked";
}
