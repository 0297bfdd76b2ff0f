namespace Muster.Benchmarks.Whole;

/// <summary>
/// A made-up business: profiles with 12 attributes of a few to many values and 4 numbers, events with type, category, price and time, and
/// segments of 2 to 5 conditions on them. The same arguments give the same workload.
/// </summary>
internal sealed class Workload
{
    public const int EventTypes = 8, Categories = 100, SecondsPerDay = 86400;

    /// <summary>The instant of the evaluation, in seconds after the first possible event.</summary>
    public const int Now = 365 * SecondsPerDay;

    /// <summary>The instant that <see cref="Now"/> stands for.</summary>
    public static readonly DateTimeOffset AsOf = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly int[] Cardinality = [2, 50, 200, 1000, 7, 12, 30, 100, 5, 365, 20, 3];

    public Workload(int profiles, int eventsPerProfile, int segments)
    {
        var random = new Random(42);
        Profiles = profiles;
        Attributes = Cardinality.Select(c => Fill(profiles, () => (ushort)(c * Math.Pow(random.NextDouble(), 1.5)))).ToArray();
        Numbers = Enumerable.Range(0, 4).Select(_ => Fill(profiles, () => random.NextDouble() * 1000)).ToArray();
        Offsets = new int[profiles + 1];
        for (int i = 0; i < profiles; i++) Offsets[i + 1] = Offsets[i] + random.Next(0, eventsPerProfile * 2 + 1);
        int events = Offsets[profiles];
        (EventType, Category, Price, Time) = (new byte[events], new ushort[events], new float[events], new int[events]);
        for (int e = 0; e < events; e++)
        {
            EventType[e] = (byte)(EventTypes * Math.Pow(random.NextDouble(), 1.2));
            Category[e] = (ushort)(Categories * Math.Pow(random.NextDouble(), 1.3));
            Price[e] = (float)(random.NextDouble() * 300);
            Time[e] = random.Next(0, Now);
        }

        Segments = Enumerable.Range(0, segments).Select(_ => RandomSegment(random)).ToArray();
    }

    public int Profiles { get; }

    public int Events => EventType.Length;

    public ushort[][] Attributes { get; }

    public double[][] Numbers { get; }

    /// <summary>Profile p has the events from Offsets[p] up to Offsets[p + 1].</summary>
    public int[] Offsets { get; }

    public byte[] EventType { get; }

    public ushort[] Category { get; }

    public float[] Price { get; }

    /// <summary>Seconds after the first possible event.</summary>
    public int[] Time { get; }

    public WorkloadSegment[] Segments { get; }

    private static WorkloadSegment RandomSegment(Random random)
    {
        var conditions = new List<WorkloadCondition>();
        for (int k = random.Next(2, 6); k > 0; k--)
        {
            double kind = random.NextDouble();
            if (kind < 0.55)
            {
                int attribute = random.Next(12);
                conditions.Add(new(ConditionKind.Equals, attribute, (int)(Cardinality[attribute] * Math.Pow(random.NextDouble(), 2)), 0));
            }
            else if (kind < 0.75)
            {
                conditions.Add(new(ConditionKind.Greater, random.Next(4), random.Next(1, 10) * 100, 0));
            }
            else
            {
                int[] days = [7, 14, 30, 60, 90, 180];
                conditions.Add(new(ConditionKind.EventCount, random.Next(EventTypes) * Categories + random.Next(20), days[random.Next(6)], random.Next(1, 4)));
            }
        }

        return new WorkloadSegment([.. conditions], random.NextDouble() < 0.3);
    }

    private static T[] Fill<T>(int length, Func<T> next)
    {
        var array = new T[length];
        for (int i = 0; i < length; i++) array[i] = next();
        return array;
    }
}

internal enum ConditionKind
{
    /// <summary>Attribute A has the value B.</summary>
    Equals,

    /// <summary>Number A is greater than B.</summary>
    Greater,

    /// <summary>At least C events of type A / 100 and category A % 100 in the last B days.</summary>
    EventCount,
}

internal readonly record struct WorkloadCondition(ConditionKind Kind, int A, int B, int C)
{
    public string ToPql() => Kind switch
    {
        ConditionKind.Equals => $"_bench.a{A} = \"v{B}\"",
        ConditionKind.Greater => $"_bench.n{A} > {B}",
        _ => $"xEvent[eventType = \"t{A / Workload.Categories}\" and _bench.category = \"c{A % Workload.Categories}\" and timestamp occurs <= {B} days before now].count() >= {C}",
    };
}

internal sealed record WorkloadSegment(WorkloadCondition[] Conditions, bool Or)
{
    public string ToPql() => string.Join(Or ? " or " : " and ", Conditions.Select(c => c.ToPql()));
}
