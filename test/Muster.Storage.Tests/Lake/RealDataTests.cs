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

    [Theory]
    [InlineData("cdnow/events.jsonl.gz", DatasetBehavior.TimeSeries)]
    [InlineData("completejourney/events.jsonl.gz", DatasetBehavior.TimeSeries)]
    [InlineData("completejourney/profiles.jsonl.gz", DatasetBehavior.Record)]
    public void LoadAsync_RealFile_IsTheSameDirectlyAndStrictly(string name, DatasetBehavior behavior)
    {
        if (RepositoryRoot.RealData is not { } folder)
        {
            Assert.Skip("The real data are not here.");
            return;
        }

        LoadRequest request = _fixture.Request(new InputFile(name, Path.Combine(folder, name))) with { Behavior = behavior };
        LoadResult strict = LoaderFixture.Load(request, readsDirectly: false), direct = LoaderFixture.Load(request, readsDirectly: true);

        Assert.Equal(strict.Schema, direct.Schema);
        string select = $"SELECT {string.Join(", ", strict.Schema.Fields.Select(f => $"{SqlText.Identifier(f.Name)}::VARCHAR"))} FROM lake";
        Assert.Equal(_fixture.Read(strict, select), _fixture.Read(direct, select));
        Assert.True(LoaderFixture.IsReadDirectly(request, direct));
    }

    [Fact]
    public async Task LoadAsync_RealCsvByMapping_IsTheSameAsItsJson()
    {
        if (RepositoryRoot.RealData is not { } folder)
        {
            Assert.Skip("The real data are not here.");
            return;
        }

        LoadRequest json = _fixture.Request(new InputFile("events", Path.Combine(folder, "cdnow/events.jsonl.gz"))) with { AllowMissingIdentity = false };
        LoadRequest csv = json with
        {
            Files = [new InputFile("purchases.csv", Path.Combine(folder, "cdnow/purchases.csv"))],
            Format = InputFormat.Csv,
            RequireEventFields = true,
            Mapping = RecordMapping.Parse("""
                {
                  "fields": [
                    {"rowId": "cdnow/", "target": "_id"},
                    {"source": "date", "target": "timestamp"},
                    {"constant": "commerce.purchases", "target": "eventType"},
                    {"constant": 1, "target": "commerce.purchases.value"},
                    {"source": "amount", "target": "commerce.order.priceTotal"},
                    {"constant": "USD", "target": "commerce.order.currencyCode"},
                    {"constant": "CD", "target": "productListItems[0].name"},
                    {"source": "quantity", "target": "productListItems[0].quantity"},
                    {"source": "amount", "target": "productListItems[0].priceTotal"}
                  ],
                  "identities": [{"source": "customer_id", "namespace": "CustomerID", "primary": true, "authenticatedState": "ambiguous"}]
                }
                """u8),
        };

        LoadResult ofJson = await LoaderFixture.Load(json), ofCsv = await LoaderFixture.Load(csv);

        Assert.Empty(ofCsv.Errors);
        Assert.Equal(ofJson.Schema, ofCsv.Schema);
        const string select = "SELECT replace(_id, 'cdnow/purchases.csv#', 'cdnow-'), timestamp::VARCHAR, eventType, identityMap::VARCHAR, commerce::VARCHAR, productListItems::VARCHAR FROM lake";
        Assert.Equal(_fixture.Read(ofJson, select), _fixture.Read(ofCsv, select));
    }
}
