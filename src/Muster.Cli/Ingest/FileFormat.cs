using Muster.Cli.Commands;

namespace Muster.Cli.Ingest;

/// <summary>What files are written in, as a person says it and as the API does.</summary>
/// <param name="Name">One of <see cref="Names"/>.</param>
internal sealed record FileFormat(string Name)
{
    public static string[] Names { get; } = ["json", "jsonl", "csv", "parquet"];

    /// <summary>The value of <c>inputFormat.format</c>.</summary>
    public string ApiName => Name == "jsonl" ? "json" : Name;

    /// <summary>True for arrays, and for objects that span lines.</summary>
    public bool IsMultiLine => Name == "json";

    /// <summary>The format that is given, or the one that the names of the files agree on.</summary>
    /// <exception cref="CommandFailedException">They do not agree, or say nothing.</exception>
    public static FileFormat Of(IReadOnlyList<string> paths, string? given)
    {
        if (given is not null) return new FileFormat(given);
        string[] found = [.. paths.Select(Guess).Distinct()];
        return found is [var one]
            ? new FileFormat(one)
            : throw new CommandFailedException(
                $"The files are of different formats ({string.Join(", ", found)}). Ingest each format by itself.", ExitCode.WrongUsage);
    }

    private static string Guess(string path)
    {
        string name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return Path.GetExtension(name).ToUpperInvariant() switch
        {
            ".JSON" => "json",
            ".JSONL" or ".NDJSON" => "jsonl",
            ".CSV" or ".TSV" => "csv",
            ".PARQUET" => "parquet",
            _ => throw new CommandFailedException(
                $"The name of '{path}' does not say what it is. Give --format: {string.Join(", ", Names)}.", ExitCode.WrongUsage),
        };
    }
}
