using System.Text.Json;

namespace Muster.Cli.Demo;

/// <summary>Writes records as XDM JSON Lines; owns the stream.</summary>
internal sealed class XdmWriter(Stream output) : IDisposable
{
    private readonly BufferedStream _output = new(output, 1 << 16);
    private readonly Utf8JsonWriter _json = new(Stream.Null);

    public void WriteProfile(Customer customer, Random random, DateTimeOffset now)
    {
        Country country = PickCountry(random);
        string first = Assortment.FirstNames[random.Next(Assortment.FirstNames.Length)];
        string last = Assortment.LastNames[random.Next(Assortment.LastNames.Length)];
        Begin();
        _json.WriteString("_id", $"profile-{customer.Index + 1}");
        WriteIdentities(customer, withNumber: true, withEmail: customer.Acquaintance == Acquaintance.Linked);
        _json.WriteStartObject("person");
        _json.WriteStartObject("name");
        _json.WriteString("firstName", first);
        _json.WriteString("lastName", last);
        _json.WriteEndObject();
        _json.WriteNumber("birthYear", now.Year - 18 - random.Next(60));
        _json.WriteEndObject();
        _json.WriteStartObject("personalEmail");
        _json.WriteString("address", customer.Email);
        _json.WriteEndObject();
        _json.WriteStartObject("homeAddress");
        _json.WriteString("country", country.Code);
        _json.WriteString("city", country.Cities[random.Next(country.Cities.Length)]);
        _json.WriteEndObject();
        if (random.Next(100) < 60)
        {
            _json.WriteStartObject("loyalty");
            _json.WriteString("tier", Assortment.Tiers[Math.Min(random.Next(6) / 2, random.Next(3))]);
            _json.WriteNumber("points", random.Next(20_000));
            _json.WriteEndObject();
        }
        End();
    }

    public void WriteEvent(Customer customer, ShopEvent shopEvent, int number)
    {
        Begin();
        _json.WriteString("_id", $"event-{number + 1}");
        _json.WriteString("timestamp", shopEvent.Timestamp.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ"));
        _json.WriteString("eventType", shopEvent.Type);
        bool isByNumber = customer.Acquaintance == Acquaintance.Registered || (customer.Acquaintance == Acquaintance.Linked && shopEvent.IsShopping);
        WriteIdentities(customer, withNumber: isByNumber, withEmail: !isByNumber);
        if (shopEvent.Lines.Count > 0) WriteLines(shopEvent.Lines);
        if (shopEvent.Type == EventKinds.Purchase)
        {
            _json.WriteStartObject("commerce");
            _json.WriteStartObject("purchases");
            _json.WriteNumber("value", 1);
            _json.WriteEndObject();
            _json.WriteStartObject("order");
            _json.WriteString("purchaseID", $"order-{number + 1}");
            _json.WriteNumber("priceTotal", Math.Round(shopEvent.Lines.Sum(line => line.Total), 2));
            _json.WriteString("currencyCode", "USD");
            _json.WriteEndObject();
            _json.WriteEndObject();
        }
        End();
    }

    public void Dispose()
    {
        _json.Dispose();
        _output.Dispose();
    }

    private void WriteIdentities(Customer customer, bool withNumber, bool withEmail)
    {
        _json.WriteStartObject("identityMap");
        if (withNumber) WriteIdentity("CRMID", customer.Number, isPrimary: true);
        if (withEmail) WriteIdentity("Email", customer.Email, isPrimary: !withNumber);
        _json.WriteEndObject();
    }

    private void WriteIdentity(string nameSpace, string id, bool isPrimary)
    {
        _json.WriteStartArray(nameSpace);
        _json.WriteStartObject();
        _json.WriteString("id", id);
        _json.WriteBoolean("primary", isPrimary);
        _json.WriteEndObject();
        _json.WriteEndArray();
    }

    private void WriteLines(IReadOnlyList<BasketLine> lines)
    {
        _json.WriteStartArray("productListItems");
        foreach (BasketLine line in lines)
        {
            _json.WriteStartObject();
            _json.WriteString("SKU", line.Product.Sku);
            _json.WriteString("name", line.Product.Name);
            _json.WriteNumber("quantity", line.Quantity);
            _json.WriteNumber("priceTotal", line.Total);
            _json.WriteStartObject("_shop");
            _json.WriteString("category", line.Product.Category);
            _json.WriteEndObject();
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
    }

    private void Begin()
    {
        _json.Reset(_output);
        _json.WriteStartObject();
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _output.WriteByte((byte)'\n');
    }

    private static Country PickCountry(Random random)
    {
        int ticket = random.Next(Assortment.Countries.Sum(country => country.Weight));
        return Assortment.Countries.First(country => (ticket -= country.Weight) < 0);
    }
}
