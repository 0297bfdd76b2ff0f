using System.Globalization;

namespace Muster.Benchmarks;

/// <summary>The arguments of the benchmarks.</summary>
internal sealed record BenchmarkOptions
{
    public int Profiles { get; private init; } = 100_000;

    public int EventsPerProfile { get; private init; } = 10;

    public int Segments { get; private init; } = 1000;

    /// <summary>How many segments DuckDB is asked; the rest is extrapolated.</summary>
    public int Asked { get; private init; } = 20;

    /// <summary>How often the job runs; its median counts.</summary>
    public int Rounds { get; private init; } = 5;

    /// <summary>JSON Lines as input instead of Parquet.</summary>
    public bool Json { get; private init; }

    /// <summary>Ingestion against DuckDB reading the same files, instead of the whole job.</summary>
    public bool Ingestion { get; private init; }

    /// <summary>The events of the ingestion benchmark, about.</summary>
    public int Events { get; private init; } = 2_000_000;

    /// <summary>Measures lookups over HTTP, against an empty endpoint.</summary>
    public bool Lookups { get; private init; }

    /// <summary>Measures checking queries, against reading their JSON forms.</summary>
    public bool Pql { get; private init; }

    /// <summary>Measures the memory of a server.</summary>
    public bool Memory { get; private init; }

    /// <summary>What is measured of the evaluation, as written: <c>sequences</c>, <c>nested</c>, ...; null for none of them.</summary>
    public string? Evaluation { get; private init; }

    /// <summary>Is the server of one of these two: its data folder.</summary>
    public string? Serve { get; private init; }

    /// <summary>A data folder that an earlier measurement of these two filled with as many profiles: it is used as it is, and kept.</summary>
    public string? Data { get; private init; }

    /// <summary>The clients of the measurement of lookups.</summary>
    public int Clients { get; private init; } = 16;

    public string Folder { get; private init; } = Path.GetTempPath();

    public static BenchmarkOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new BenchmarkOptions();
        for (int i = 0; i < arguments.Count; i++)
        {
            string Next() => i + 1 < arguments.Count ? arguments[++i] : throw new ArgumentException($"{arguments[i]} needs a value.");
            int Number() => int.Parse(Next(), NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
            options = arguments[i] switch
            {
                "--profiles" => options with { Profiles = Number() },
                "--events-per-profile" => options with { EventsPerProfile = Number() },
                "--segments" => options with { Segments = Number() },
                "--asked" => options with { Asked = Number() },
                "--rounds" => options with { Rounds = Number() },
                "--json" => options with { Json = true },
                "--ingestion" => options with { Ingestion = true },
                "--events" => options with { Events = Number() },
                "--lookups" => options with { Lookups = true },
                "--pql" => options with { Pql = true },
                "--memory" => options with { Memory = true },
                "--limit" or "--sequences" or "--nested" or "--mix2" or "--cores" or "--one-more" or "--alone" or "--one" =>
                    options with { Evaluation = arguments[i][2..] },
                "--serve" => options with { Serve = Next() },
                "--data" => options with { Data = Next() },
                "--clients" => options with { Clients = Number() },
                "--folder" => options with { Folder = Next() },
                _ => throw new ArgumentException(
                    $"Unknown argument '{arguments[i]}'. Known: --profiles N, --events-per-profile N, --segments N, --asked N, --rounds N, "
                    + "--json, --folder DIR, --ingestion, --events N, --lookups, --pql, --memory, --data DIR, --clients N, "
                    + "--limit, --sequences, --nested, --mix2, --cores, --one-more, --alone, --one."),
            };
        }

        return options;
    }
}
