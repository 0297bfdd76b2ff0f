using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Cli.Http;
using Spectre.Console;

namespace Muster.Cli.Demo;

/// <summary>What the demonstration prints for people.</summary>
internal static class DemoTables
{
    private const int BarWidth = 20;

    public static void ShowAudiences(IAnsiConsole console, JsonNode job, IReadOnlyDictionary<string, string> ids)
    {
        JsonNode counts = job["metrics"]!["segmentedProfileCounter"]!;
        long total = job["metrics"]!["totalProfiles"]!.GetValue<long>();
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("Audience").AddColumn(new TableColumn("Customers").RightAligned()).AddColumn(new TableColumn("Share").RightAligned()).AddColumn("");
        foreach (DemoAudience audience in DemoAudience.All)
        {
            long count = counts[ids[audience.Name]]!.GetValue<long>();
            double share = total == 0 ? 0 : (double)count / total;
            table.AddRow(
                Markup.Escape(audience.Name), count.ToString("N0", CultureInfo.InvariantCulture),
                share.ToString("P1", CultureInfo.InvariantCulture), Bar(share));
        }
        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{total:N0} customers, {DemoAudience.All.Length} audiences, evaluated in {job["metrics"]!["totalTime"]!["totalTimeInMs"]!.GetValue<long>():N0} ms."));
    }

    public static async Task ShowCustomerAsync(
        IAnsiConsole console, MusterClient client, Customer customer, IReadOnlyDictionary<string, string> ids, CancellationToken cancellationToken)
    {
        JsonNode answer = await client.GetProfileAsync("CRMID", customer.Number, cancellationToken);
        JsonNode? entity = answer.AsObject().Select(entry => entry.Value?["entity"]).FirstOrDefault(found => found is not null);
        JsonObject memberships = entity?["segmentMembership"]?["ups"] as JsonObject ?? [];
        var table = new Table().Border(TableBorder.Simple).Title(Markup.Escape($"segmentMembership of {customer.Number} ({customer.Email})"))
            .AddColumn("Audience").AddColumn("status").AddColumn("lastQualificationTime");
        foreach (DemoAudience audience in DemoAudience.All)
            if (memberships[ids[audience.Name]] is { } membership)
                table.AddRow(Markup.Escape(audience.Name), Markup.Escape($"{membership["status"]}"), Markup.Escape($"{membership["lastQualificationTime"]}"));
        console.Write(table);
    }

    private static string Bar(double share)
    {
        int filled = (int)Math.Round(Math.Clamp(share, 0, 1) * BarWidth);
        return new string('█', filled) + new string('░', BarWidth - filled);
    }
}
