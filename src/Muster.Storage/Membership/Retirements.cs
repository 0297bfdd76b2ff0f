namespace Muster.Storage.Membership;

/// <summary>Which profile ordinals were merged into which since the previous job. Immutable.</summary>
public sealed class Retirements
{
    private readonly IReadOnlyDictionary<long, long> _survivors;

    /// <summary>No profile was merged into another.</summary>
    public static Retirements None { get; } = new(new Dictionary<long, long>());

    /// <param name="survivors">
    /// From a retired ordinal to the one it was merged into, which may have been retired in turn; throws <see cref="ArgumentException"/> if
    /// following them never ends.
    /// </param>
    public Retirements(IReadOnlyDictionary<long, long> survivors)
    {
        _survivors = survivors;
        Retired = OrdinalSet.Of(survivors.Keys);
        foreach (long ordinal in survivors.Keys) SurvivorOf(ordinal);
    }

    /// <summary>The ordinals that no longer stand for a profile.</summary>
    public OrdinalSet Retired { get; }

    /// <summary>The ordinal that stands for the profile now.</summary>
    public long SurvivorOf(long ordinal)
    {
        long survivor = ordinal;
        for (int steps = 0; _survivors.TryGetValue(survivor, out long next); survivor = next)
            if (++steps > _survivors.Count) throw new ArgumentException($"Profile ordinal {ordinal} is retired into itself.");
        return survivor;
    }

    /// <summary>The set with each retired ordinal replaced by the one that stands for it.</summary>
    internal OrdinalSet Apply(OrdinalSet ordinals)
    {
        OrdinalSet retired = ordinals.And(Retired);
        return retired.IsEmpty ? ordinals : ordinals.AndNot(retired).Or(OrdinalSet.Of(retired.Select(SurvivorOf)));
    }
}
