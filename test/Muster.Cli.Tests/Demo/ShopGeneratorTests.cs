using System.Text;
using System.Text.Json.Nodes;
using Muster.Cli.Demo;

namespace Muster.Cli.Tests.Demo;

public class ShopGeneratorTests
{
    private static readonly ShopOptions _small = new(200, 3000, 5, DateTimeOffset.Parse("2026-05-01T12:00:00Z"));

    [Fact]
    public void Write_SameOptions_SameBytes() => Assert.Equivalent(Generate(_small), Generate(_small), strict: true);

    [Fact]
    public void Write_OtherSeed_OtherBytes() => Assert.NotEqual(Generate(_small).Profiles, Generate(_small with { Seed = 6 }).Profiles);

    [Fact]
    public void WriteEvents_Always_ExactlyAsManyAsWanted()
    {
        (_, string[] events) = Generate(_small);
        Assert.Equal(3000, events.Sum(file => Lines(file).Count()));
        Assert.Equal(3, events.Length);
    }

    [Fact]
    public void WriteEvents_Always_WithinTheYearBeforeNow()
    {
        DateTimeOffset[] times = Events().Select(e => DateTimeOffset.Parse((string)e["timestamp"]!)).ToArray();
        Assert.All(times, time => Assert.InRange(time, _small.Now.AddDays(-365), _small.Now));
    }

    [Fact]
    public void WriteEvents_CustomersWithoutRecord_EachHasAnEvent()
    {
        int people = Events().Select(e => (string?)e["identityMap"]!["Email"]?[0]!["id"]).OfType<string>()
            .Select(email => int.Parse(email["customer".Length..email.IndexOf('@')]) - 1)
            .Where(index => Customer.At(index).Acquaintance == Acquaintance.EventsOnly).Distinct().Count();
        Assert.Equal(20, people);
    }

    [Fact]
    public void WriteEvents_Purchases_SumTheirLines()
    {
        foreach (JsonNode purchase in Events().Where(e => (string)e["eventType"]! == EventKinds.Purchase))
        {
            double lines = purchase["productListItems"]!.AsArray().Sum(line => (double)line!["priceTotal"]!);
            Assert.Equal(lines, (double)purchase["commerce"]!["order"]!["priceTotal"]!, 2);
        }
    }

    [Fact]
    public void WriteProfiles_Always_OneLineForEachCustomerWithARecord()
    {
        (string profiles, _) = Generate(_small);
        Assert.Equal(new ShopGenerator(_small).ProfileCount, Lines(profiles).Count());
        Assert.Equal(180, Lines(profiles).Count());
    }

    private static IEnumerable<JsonNode> Events() => Generate(_small).Events.SelectMany(Lines).Select(line => JsonNode.Parse(line)!);

    private static IEnumerable<string> Lines(string file) => file.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static (string Profiles, string[] Events) Generate(ShopOptions options)
    {
        var generator = new ShopGenerator(options);
        using var profiles = new MemoryStream();
        generator.WriteProfiles(profiles);
        var events = new List<MemoryStream>();
        generator.WriteEvents(_ =>
        {
            events.Add(new MemoryStream());
            return events[^1];
        }, 1200);
        return (Text(profiles), events.Select(Text).ToArray());
    }

    private static string Text(MemoryStream stream) => Encoding.UTF8.GetString(stream.ToArray());
}
