using System.IO.Compression;
using System.Text.Json.Nodes;
using Muster.TestSupport;

namespace Muster.Cli.Tests.EndToEnd;

/// <summary>Reads records of real customers, where they are at hand.</summary>
internal static class RealRecords
{
    public static byte[] ReadOrSkip(string file)
    {
        string? folder = RepositoryRoot.RealData;
        Assert.SkipWhen(folder is null, "No real data: MUSTER_REAL_DATA names its folder.");
        using var unpacked = new MemoryStream();
        using (var packed = new GZipStream(File.OpenRead(Path.Combine(folder!, file)), CompressionMode.Decompress)) packed.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    public static IEnumerable<JsonNode> Lines(byte[] content)
    {
        using var reader = new StreamReader(new MemoryStream(content));
        while (reader.ReadLine() is { } line) yield return JsonNode.Parse(line)!;
    }

    public static string Identity(JsonNode record, string nameSpace) => (string)record["identityMap"]![nameSpace]![0]!["id"]!;

    public static DateTimeOffset Time(JsonNode record) => DateTimeOffset.Parse((string)record["timestamp"]!, System.Globalization.CultureInfo.InvariantCulture);

    public static IEnumerable<JsonNode> Items(JsonNode record) => (record["productListItems"] as JsonArray ?? []).Select(item => item!);
}
