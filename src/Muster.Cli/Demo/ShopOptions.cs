namespace Muster.Cli.Demo;

/// <summary>What shop to make up. The same options make the same bytes.</summary>
/// <param name="Customers">People, those known only by their events included.</param>
/// <param name="Events">Events of all kinds together.</param>
/// <param name="Seed">Of the random numbers.</param>
/// <param name="Now">Events lie in the 365 days before it.</param>
internal sealed record ShopOptions(int Customers, int Events, int Seed, DateTimeOffset Now);
