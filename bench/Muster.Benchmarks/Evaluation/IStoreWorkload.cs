using DuckDB.NET.Data;

namespace Muster.Benchmarks.Evaluation;

/// <summary>Profiles and events that a real store is filled with, and segments asked of it and of DuckDB.</summary>
internal interface IStoreWorkload
{
    int Profiles { get; }

    long Events { get; }

    IReadOnlyList<BenchmarkSegment> Segments { get; }

    /// <summary>Makes the tables that the segments' SQL reads.</summary>
    void Fill(DuckDBConnection connection);

    /// <summary>Writes the tables as XDM records.</summary>
    (string Profiles, string Events) Write(DuckDBConnection connection, string folder);

    /// <summary>The counts of all segments by an algorithm of our own over plain arrays; null where there is none.</summary>
    long[]? Limit();
}

/// <summary>A segment in both languages.</summary>
/// <param name="Pql">For us.</param>
/// <param name="Sql">One statement that gives its size.</param>
internal sealed record BenchmarkSegment(string Pql, string Sql);
