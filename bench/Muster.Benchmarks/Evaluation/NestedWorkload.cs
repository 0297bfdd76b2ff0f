using System.Globalization;
using DuckDB.NET.Data;
using Muster.Benchmarks.Whole;

namespace Muster.Benchmarks.Evaluation;

/// <summary>Events with three product lines each, and segments on the lines' fields.</summary>
internal sealed class NestedWorkload : IStoreWorkload
{
    private const int LinesPerEvent = 3, Skus = 200;

    private readonly int[] _offsets;

    public NestedWorkload(int profiles, int eventsPerProfile, int segments)
    {
        var random = new Random(11);
        Profiles = profiles;
        _offsets = new int[profiles + 1];
        for (int i = 0; i < profiles; i++) _offsets[i + 1] = _offsets[i] + random.Next(0, 2 * eventsPerProfile + 1);
        Segments = Enumerable.Range(0, segments).Select(_ => Segment(random)).ToArray();
    }

    public int Profiles { get; }

    public long Events => _offsets[^1];

    public IReadOnlyList<BenchmarkSegment> Segments { get; }

    /// <summary>Lines are a table of their own there: quicker for DuckDB than lists of structs.</summary>
    public void Fill(DuckDBConnection connection)
    {
        Execute(connection, "create table l(id integer, ev integer, ts integer, sku varchar, quantity integer, price double)");
        var random = new Random(13);
        using DuckDBAppender appender = connection.CreateAppender("l");
        for (int profile = 0; profile < Profiles; profile++)
        {
            for (int e = _offsets[profile]; e < _offsets[profile + 1]; e++)
            {
                int time = random.Next(Workload.Now);
                for (int line = 0; line < LinesPerEvent; line++)
                    appender.CreateRow().AppendValue(profile)
                        .AppendValue(e).AppendValue(time).AppendValue("s" + (int)(Skus * Math.Pow(random.NextDouble(), 1.5)))
                        .AppendValue(random.Next(1, 10)).AppendValue(random.Next(100, 30_000) / 100.0).EndRow();
            }
        }
    }

    public (string Profiles, string Events) Write(DuckDBConnection connection, string folder)
    {
        Directory.CreateDirectory(folder);
        string profiles = Path.Combine(folder, "profiles.parquet"), events = Path.Combine(folder, "events.parquet");
        const string Identity =
            "map {'CRMID': [{'id': 'customer-' || id, 'primary': true, 'authenticatedState': 'ambiguous'}]} as identityMap";
        string owner = Identity.Replace("|| id,", "|| any_value(id),", StringComparison.Ordinal);
        string start = Workload.AsOf.AddSeconds(-Workload.Now).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        Execute(connection,
            $"copy (select 'p' || id as _id, {Identity}, 1 as one from range({Profiles}) t(id)) to '{profiles}' (format parquet)");
        Execute(connection, $"""
            copy (select 'e' || ev as _id, (timestamp '{start}' + to_seconds(any_value(ts)))::timestamp at time zone 'UTC' as timestamp, 'buy' as eventType,
                {owner},
                list(struct_pack(sku := sku, quantity := quantity, price := price) order by rowid) as productListItems
                from l group by ev) to '{events}' (format parquet, compression zstd)
            """);
        return (profiles, events);
    }

    public long[]? Limit() => null;

    private static BenchmarkSegment Segment(Random random)
    {
        string sku = "s" + (int)(Skus * Math.Pow(random.NextDouble(), 2));
        int quantity = random.Next(1, 9), price = random.Next(10, 250), least = random.Next(1, 4);
        return random.Next(3) switch
        {
            0 => new($"xEvent.productListItems.exists(sku = \"{sku}\" and quantity > {quantity})",
                $"select count(distinct id) from l where sku = '{sku}' and quantity > {quantity}"),
            1 => new($"xEvent[productListItems.exists(sku = \"{sku}\" and price > {price})].count() >= {least}",
                $"select count(*) from (select id from l where sku = '{sku}' and price > {price} group by id having count(distinct ev) >= {least})"),
            _ => new($"xEvent.productListItems[sku = \"{sku}\"].sum(quantity) > {10 * least}",
                $"select count(*) from (select id from l where sku = '{sku}' group by id having sum(quantity) > {10 * least})"),
        };
    }

    private static void Execute(DuckDBConnection connection, string sql)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
