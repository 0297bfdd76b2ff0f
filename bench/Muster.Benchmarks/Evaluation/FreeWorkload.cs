using System.Globalization;
using DuckDB.NET.Data;
using Muster.Benchmarks.Whole;

namespace Muster.Benchmarks.Evaluation;

/// <summary>
/// The second mix: free thresholds and values that hardly repeat, identifiers as strings, some profiles with 5,000 events, and a schema of
/// 300 columns of which few are read.
/// </summary>
internal sealed class FreeWorkload : IStoreWorkload
{
    private const int Attributes = 20, Numbers = 10, Fillers = 270, EventTypes = 40, BusyEvery = 20_000, BusyEvents = 5_000;

    private readonly FreeCondition[][] _segments;
    private readonly int[][] _attributes;
    private readonly double[][] _numbers;
    private readonly int[] _offsets;
    private readonly int[] _type;
    private readonly double[] _price;
    private readonly int[] _time;

    public FreeWorkload(int profiles, int eventsPerProfile, int segments)
    {
        var random = new Random(17);
        Profiles = profiles;
        _attributes = Enumerable.Range(0, Attributes)
            .Select(a => Fill(profiles, () => (int)(ValuesOf(a) * Math.Pow(random.NextDouble(), 1.5)))).ToArray();
        _numbers = Enumerable.Range(0, Numbers).Select(_ => Fill(profiles, () => random.NextDouble() * 1000)).ToArray();
        _offsets = new int[profiles + 1];
        for (int i = 0; i < profiles; i++)
            _offsets[i + 1] = _offsets[i] + (i % BusyEvery == 7 ? BusyEvents : random.Next(0, 2 * eventsPerProfile + 1));
        int events = _offsets[profiles];
        (_type, _price, _time) = (Fill(events, () => (int)(EventTypes * Math.Pow(random.NextDouble(), 1.3))),
            Fill(events, () => random.NextDouble() * 300), Fill(events, () => random.Next(Workload.Now)));
        _segments = Enumerable.Range(0, segments)
            .Select(_ => Enumerable.Range(0, random.Next(2, 6)).Select(_ => Condition(random, profiles)).ToArray()).ToArray();
        Segments = _segments.Select(conditions =>
            new BenchmarkSegment(string.Join(" and ", conditions.Select(c => c.Pql)), Sql(conditions))).ToArray();
    }

    public int Profiles { get; }

    public long Events => _type.Length;

    public IReadOnlyList<BenchmarkSegment> Segments { get; }

    public void Fill(DuckDBConnection connection)
    {
        Execute(connection,
            $"create table p(id integer, customer varchar, {string.Join(", ", Enumerable.Range(0, Attributes).Select(a => $"a{a} varchar"))}, "
            + $"{string.Join(", ", Enumerable.Range(0, Numbers).Select(n => $"n{n} double"))})");
        Execute(connection, "create table e(id integer, et varchar, price double, ts integer)");
        using (DuckDBAppender appender = connection.CreateAppender("p"))
        {
            for (int i = 0; i < Profiles; i++)
            {
                IDuckDBAppenderRow row = appender.CreateRow().AppendValue(i).AppendValue(CustomerOf(i));
                foreach (int[] attribute in _attributes) row.AppendValue("v" + attribute[i]);
                foreach (double[] number in _numbers) row.AppendValue(number[i]);
                row.EndRow();
            }
        }
        using (DuckDBAppender appender = connection.CreateAppender("e"))
        {
            for (int i = 0; i < Profiles; i++)
                for (int e = _offsets[i]; e < _offsets[i + 1]; e++)
                    appender.CreateRow().AppendValue(i).AppendValue("t" + _type[e]).AppendValue(_price[e]).AppendValue(_time[e]).EndRow();
        }
    }

    public (string Profiles, string Events) Write(DuckDBConnection connection, string folder)
    {
        Directory.CreateDirectory(folder);
        string profiles = Path.Combine(folder, "profiles.parquet"), events = Path.Combine(folder, "events.parquet");
        const string Identity = "map {'CRMID': [{'id': customer, 'primary': true, 'authenticatedState': 'ambiguous'}]} as identityMap";
        IEnumerable<string> fields = Enumerable.Range(0, Attributes)
            .Select(a => $"a{a} := a{a}").Concat(Enumerable.Range(0, Numbers).Select(n => $"n{n} := n{n}"))
            .Concat(Enumerable.Range(0, Fillers).Select(f => $"f{f} := id % {f + 2}")).Append("customer := customer");
        Execute(connection,
            $"copy (select 'p' || id as _id, {Identity}, struct_pack({string.Join(", ", fields)}) as _bench from p) to '{profiles}' (format parquet)");
        string start = Workload.AsOf.AddSeconds(-Workload.Now).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        Execute(connection, $"""
            copy (select 'e' || e.rowid as _id, (timestamp '{start}' + to_seconds(ts))::timestamp at time zone 'UTC' as timestamp, et as eventType, {Identity},
                struct_pack(price := price) as _bench from e join p using(id)) to '{events}' (format parquet, compression zstd)
            """);
        return (profiles, events);
    }

    public long[] Limit() => FreeLimit.Count(this, _segments, _attributes, _numbers, _offsets, _type, _price, _time);

    /// <summary>The number of values of an attribute; the last ones hardly repeat.</summary>
    private static int ValuesOf(int attribute) => attribute < 10 ? 20 + 10 * attribute : 5_000 * (attribute - 9);

    public static string CustomerOf(int profile) => $"customer-{profile * 2654435761L % 1_000_000_007:x8}-{profile}";

    private static FreeCondition Condition(Random random, int profiles)
    {
        switch (random.Next(10))
        {
            case < 4:
                int attribute = random.Next(Attributes);
                return new(FreeKind.Equals, attribute, (int)(ValuesOf(attribute) * Math.Pow(random.NextDouble(), 2)), 0, 0);
            case < 7:
                return new(FreeKind.Greater, random.Next(Numbers), 0, 0, Math.Round(random.NextDouble() * 1000, 6));
            case 7:
                return new(FreeKind.Customer, random.Next(256), 0, 0, 0);
            default:
                return new(FreeKind.Events, random.Next(EventTypes), random.Next(1, 365 * 24), random.Next(1, 4),
                    Math.Round(random.NextDouble() * 200, 4));
        }
    }

    private static string Sql(FreeCondition[] conditions)
    {
        FreeCondition[] onEvents = conditions.Where(c => c.Kind == FreeKind.Events).ToArray();
        string counters = string.Join(", ", onEvents.Select((c, i) =>
            string.Create(CultureInfo.InvariantCulture,
                $"count(*) filter (where et = 't{c.A}' and price > {c.Threshold} and ts >= {Workload.Now - c.B * 3600}) x{i}")));
        string from = onEvents.Length == 0 ? "p" : $"p left join (select id, {counters} from e group by id) using(id)";
        return $"select count(*) from {from} where {string.Join(" and ", conditions.Select(c => c.Sql(Array.IndexOf(onEvents, c))))}";
    }

    private static T[] Fill<T>(int length, Func<T> next)
    {
        var array = new T[length];
        for (int i = 0; i < length; i++) array[i] = next();
        return array;
    }

    private static void Execute(DuckDBConnection connection, string sql)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

internal enum FreeKind
{
    /// <summary>Attribute A has the value B.</summary>
    Equals,

    /// <summary>Number A is greater than the threshold.</summary>
    Greater,

    /// <summary>The customer's identifier begins with the two digits of A.</summary>
    Customer,

    /// <summary>At least C events of type A in the last B hours with a price above the threshold.</summary>
    Events,
}

internal readonly record struct FreeCondition(FreeKind Kind, int A, int B, int C, double Threshold)
{
    public string Prefix => $"customer-{A:x2}";

    public string Pql => Kind switch
    {
        FreeKind.Equals => $"_bench.a{A} = \"v{B}\"",
        FreeKind.Greater => string.Create(CultureInfo.InvariantCulture, $"_bench.n{A} > {Threshold}"),
        FreeKind.Customer => $"_bench.customer.startsWith(\"{Prefix}\")",
        _ => string.Create(CultureInfo.InvariantCulture,
            $"xEvent[eventType = \"t{A}\" and _bench.price > {Threshold} and timestamp occurs <= {B} hours before now].count() >= {C}"),
    };

    public string Sql(int counter) => Kind switch
    {
        FreeKind.Equals => $"a{A} = 'v{B}'",
        FreeKind.Greater => string.Create(CultureInfo.InvariantCulture, $"n{A} > {Threshold}"),
        FreeKind.Customer => $"starts_with(customer, '{Prefix}')",
        _ => $"coalesce(x{counter}, 0) >= {C}",
    };
}
