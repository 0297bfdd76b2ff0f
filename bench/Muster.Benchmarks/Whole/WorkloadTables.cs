using DuckDB.NET.Data;

namespace Muster.Benchmarks.Whole;

/// <summary>The workload as two plain tables of DuckDB in memory: what DuckDB is asked about, and where the files for ingestion come from.</summary>
internal static class WorkloadTables
{
    /// <summary>Makes tables <c>p(id, a0..a11, n0..n3)</c> and <c>e(id, et, cat, price, ts)</c>, filled in order of id.</summary>
    public static void Fill(DuckDBConnection connection, Workload workload)
    {
        Execute(connection, "create table p(id integer," + string.Join(",", Enumerable.Range(0, 12).Select(a => $"a{a} varchar")) + ",n0 double,n1 double,n2 double,n3 double)");
        Execute(connection, "create table e(id integer, et varchar, cat varchar, price float, ts integer)");
        using (DuckDBAppender appender = connection.CreateAppender("p"))
        {
            for (int i = 0; i < workload.Profiles; i++)
            {
                IDuckDBAppenderRow row = appender.CreateRow().AppendValue(i);
                foreach (ushort[] attribute in workload.Attributes) row.AppendValue("v" + attribute[i]);
                foreach (double[] number in workload.Numbers) row.AppendValue(number[i]);
                row.EndRow();
            }
        }

        using (DuckDBAppender appender = connection.CreateAppender("e"))
        {
            for (int i = 0; i < workload.Profiles; i++)
                for (int e = workload.Offsets[i]; e < workload.Offsets[i + 1]; e++)
                    appender.CreateRow().AppendValue(i).AppendValue("t" + workload.EventType[e]).AppendValue("c" + workload.Category[e]).AppendValue(workload.Price[e]).AppendValue(workload.Time[e]).EndRow();
        }
    }

    /// <summary>Writes both tables as XDM records, one file each.</summary>
    /// <param name="connection">Holds the tables.</param>
    /// <param name="folder">Takes <c>profiles</c> and <c>events</c> with the extension.</param>
    /// <param name="json">JSON Lines instead of Parquet.</param>
    public static (string Profiles, string Events) Write(DuckDBConnection connection, string folder, bool json)
    {
        Directory.CreateDirectory(folder);
        string extension = json ? "json" : "parquet";
        string options = json ? "(format json)" : "(format parquet, compression zstd)";
        string profiles = Path.Combine(folder, "profiles." + extension), events = Path.Combine(folder, "events." + extension);
        const string identity = "map {'CRMID': [{'id': 'customer-' || id, 'primary': true, 'authenticatedState': 'ambiguous'}]} as identityMap";
        string attributes = string.Join(", ", Enumerable.Range(0, 12).Select(a => $"a{a} := a{a}")) + ", n0 := n0, n1 := n1, n2 := n2, n3 := n3";
        Execute(connection, $"copy (select 'p' || id as _id, {identity}, struct_pack({attributes}) as _bench from p) to '{profiles}' {options}");
        string start = Workload.AsOf.AddSeconds(-Workload.Now).ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        string timestamp = $"timestamp '{start}' + to_seconds(ts)";
        string moment = json ? $"strftime({timestamp}, '%Y-%m-%dT%H:%M:%SZ')" : $"({timestamp})::timestamp at time zone 'UTC'";
        Execute(connection, $"copy (select 'e' || rowid as _id, {moment} as timestamp, et as eventType, {identity}, struct_pack(category := cat, price := price::double) as _bench from e) to '{events}' {options}");
        return (profiles, events);
    }

    /// <summary>Asks DuckDB for the size of some segments, one statement each.</summary>
    /// <returns>The counts, and the seconds that all of them took.</returns>
    public static (long[] Counts, double Seconds) Ask(DuckDBConnection connection, Workload workload, int segments)
    {
        var counts = new long[segments];
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (int s = 0; s < segments; s++)
        {
            using DuckDBCommand command = connection.CreateCommand();
            command.CommandText = Sql(workload.Segments[s]);
            counts[s] = Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
        }

        return (counts, watch.Elapsed.TotalSeconds);
    }

    /// <summary>The size of a segment as one statement.</summary>
    public static string Sql(WorkloadSegment segment)
    {
        WorkloadCondition[] onEvents = segment.Conditions.Where(c => c.Kind == ConditionKind.EventCount).Distinct().ToArray();
        string from = onEvents.Length == 0
            ? "p"
            : "p left join (select id," + string.Join(",", onEvents.Select((c, i) => $"{Counter(c)} x{i}"))
                + " from e group by id) using(id)";
        string where = string.Join(segment.Or ? " or " : " and ", segment.Conditions.Select(c => Test(c, Array.IndexOf(onEvents, c))));
        return $"select count(*) from {from} where {where}";
    }

    private static string Test(WorkloadCondition condition, int counter) => condition.Kind switch
    {
        ConditionKind.Equals => $"a{condition.A}='v{condition.B}'",
        ConditionKind.Greater => $"n{condition.A}>{condition.B}",
        _ => $"coalesce(x{counter},0)>={condition.C}",
    };

    private static string Counter(WorkloadCondition c) =>
        $"count(*) filter (where et='t{c.A / Workload.Categories}' and cat='c{c.A % Workload.Categories}' and ts>={Workload.Now - c.B * Workload.SecondsPerDay})";

    private static void Execute(DuckDBConnection connection, string sql)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
