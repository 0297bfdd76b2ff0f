namespace Muster.Cli.Demo;

/// <summary>Makes up the shop's records as XDM JSON Lines, one stream of random numbers for customers and one for events.</summary>
internal sealed class ShopGenerator(ShopOptions options)
{
    /// <summary>The number of customers that have a profile record.</summary>
    public int ProfileCount => Enumerable.Range(0, options.Customers).Count(i => Customer.At(i).Acquaintance != Acquaintance.EventsOnly);

    /// <summary>Writes the profile records; <paramref name="progress"/> is told of every thousand.</summary>
    public void WriteProfiles(Stream output, Action<int>? progress = null)
    {
        var random = new Random(options.Seed);
        using var writer = new XdmWriter(output);
        int written = 0;
        for (int i = 0; i < options.Customers; i++)
        {
            Customer customer = Customer.At(i);
            if (customer.Acquaintance == Acquaintance.EventsOnly) continue;
            writer.WriteProfile(customer, random, options.Now);
            if (++written % 1000 == 0) progress?.Invoke(1000);
        }
        progress?.Invoke(written % 1000);
    }

    /// <summary>
    /// Writes exactly the wanted number of events into as many files as <paramref name="openFile"/> is asked for, so many a file at most. Each
    /// customer without a record has a session, the others share the rest unevenly, and a third of all sessions is in the last 60 days.
    /// </summary>
    public void WriteEvents(Func<int, Stream> openFile, int eventsPerFile, Action<int>? progress = null)
    {
        var random = new Random(options.Seed + 1);
        XdmWriter? writer = null;
        int written = 0;
        try
        {
            for (int session = 0; written < options.Events; session++)
            {
                Customer customer = Customer.At(PickCustomer(random, session));
                foreach (ShopEvent shopEvent in Session.Make(random, PickStart(random)))
                {
                    if (written == options.Events) break;
                    if (written % eventsPerFile == 0)
                    {
                        writer?.Dispose();
                        writer = new XdmWriter(openFile(written / eventsPerFile));
                    }
                    writer!.WriteEvent(customer, shopEvent, written);
                    if (++written % 1000 == 0) progress?.Invoke(1000);
                }
            }
            progress?.Invoke(written % 1000);
        }
        finally
        {
            writer?.Dispose();
        }
    }

    private int PickCustomer(Random random, int session)
    {
        // The first sessions go round the customers of which only events are known: without one they would not exist.
        int eventsOnly = session * 10 + 9;
        if (eventsOnly < options.Customers) return eventsOnly;
        double skewed = Math.Pow(random.NextDouble(), 1.6);
        return (int)(skewed * options.Customers);
    }

    private DateTimeOffset PickStart(Random random)
    {
        TimeSpan span = random.Next(3) == 0 ? TimeSpan.FromDays(60) : TimeSpan.FromDays(365);
        double share = random.NextDouble();
        return options.Now - Session.Longest - (span - Session.Longest) * share;
    }
}
