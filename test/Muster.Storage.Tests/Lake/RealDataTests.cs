using System.Diagnostics;
using System.IO.Compression;
using Muster.Storage.DuckDb;
using Muster.Storage.Lake;
using Muster.TestSupport;

namespace Muster.Storage.Tests.Lake;

public sealed class RealDataTests(ITestOutputHelper output) : IDisposable
{
    private readonly LoaderFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("cdnow/events.jsonl.gz", DatasetBehavior.TimeSeries, 69_659)]
    [InlineData("completejourney/events.jsonl.gz", DatasetBehavior.TimeSeries, 55_934)]
    [InlineData("completejourney/profiles.jsonl.gz", DatasetBehavior.Record, 801)]
    public async Task LoadAsync_RealFile_LoadsEveryRecord(string name, DatasetBehavior behavior, int rows)
    {
        if (RepositoryRoot.RealData is not { } folder)
        {
            Assert.Skip("The real data are not here.");
            return;
        }

        var file = new InputFile(name, Path.Combine(folder, name));
        LoadRequest request = _fixture.Request(file) with { Behavior = behavior, RequireEventFields = true, AllowMissingIdentity = false, MaximumFailedShare = 0 };
        var watch = Stopwatch.StartNew();
        LoadResult result = await new RecordLoader(DuckDbOptions.Default).LoadAsync(request, null, TestContext.Current.CancellationToken);
        watch.Stop();

        Assert.Empty(result.Errors);
        Assert.True(result.Succeeded);
        Assert.Equal(rows, result.OutputRecords);
        Assert.Equal([$"{rows}|{rows}"], _fixture.Read(result, "SELECT count(*), count(DISTINCT _id) FROM lake"));
        using var stream = new GZipStream(File.OpenRead(file.Path), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        await stream.CopyToAsync(whole, TestContext.Current.CancellationToken);
        output.WriteLine($"{name}: {whole.Length / 1e6 / watch.Elapsed.TotalSeconds:F0} MB/s of JSON, {result.Files[0].Bytes:N0} bytes of Parquet");
    }
}
