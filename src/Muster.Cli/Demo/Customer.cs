namespace Muster.Cli.Demo;

/// <summary>How a customer is known.</summary>
internal enum Acquaintance
{
    /// <summary>A record with both identities; shopping under the customer number, browsing under the e-mail address.</summary>
    Linked,

    /// <summary>A record under the customer number; all events under it too.</summary>
    Registered,

    /// <summary>No record: events under the e-mail address alone.</summary>
    EventsOnly,
}

/// <summary>A person of the made-up shop.</summary>
internal sealed record Customer(int Index, Acquaintance Acquaintance)
{
    public string Number => $"C{Index + 1:000000}";

    public string Email => $"customer{Index + 1}@example.com";

    /// <summary>What of ten customers the last digit decides: seven are linked, two registered, one is known by events only.</summary>
    public static Customer At(int index) => new(index, (index % 10) switch
    {
        < 7 => Acquaintance.Linked,
        < 9 => Acquaintance.Registered,
        _ => Acquaintance.EventsOnly,
    });
}
