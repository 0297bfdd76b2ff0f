using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Lake;
using Muster.Storage.Schemas;

namespace Muster.Storage.Tests.Lake;

public sealed class ParquetLoadTests : IDisposable
{
    private readonly LoaderFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    private InputFile Parquet(string select)
    {
        string path = Path.Combine(_fixture.Folder, $"{Guid.NewGuid():N}.parquet");
        _fixture.Execute($"COPY ({select}) TO {SqlText.Literal(path)} (FORMAT parquet)");
        return new InputFile("in.parquet", path);
    }

    [Theory]
    [InlineData("MAP {'CRM': [{'id': '7', 'primary': true}]}")]
    [InlineData("{'CRM': [{'id': '7', 'primary': true}], 'Email': NULL::STRUCT(id VARCHAR)[]}")]
    [InlineData("{'CRM': [{'id': 7, 'primary': true, 'xid': 'x'}]}")]
    public async Task LoadAsync_IdentityMapAsMapOrStruct_IsOneType(string identityMap)
    {
        LoadResult result = await LoaderFixture.Load(_fixture.Request(Parquet($"SELECT 'e' AS _id, {identityMap} AS identityMap")));

        Assert.True(result.Succeeded);
        Assert.Equal(["""{"CRM":[{"id":"7","primary":true,"authenticatedState":null}]}"""], _fixture.Read(result, "SELECT identityMap::json FROM lake"));
    }

    [Theory]
    [InlineData("TIMESTAMP '2024-01-02 03:04:05.678'")]
    [InlineData("TIMESTAMPTZ '2024-01-02 04:04:05.678+01'")]
    [InlineData("'2024-01-02T03:04:05.678Z'")]
    [InlineData("1704164645678::BIGINT")]
    public async Task LoadAsync_TimestampOfManyKinds_IsOneInstant(string timestamp)
    {
        LoadResult result = await LoaderFixture.Load(_fixture.Request(Parquet($"SELECT 'e' AS _id, {timestamp} AS timestamp")));

        Assert.Equal(["1704164645678"], _fixture.Read(result, "SELECT epoch_ms(timestamp) FROM lake"));
    }

    [Fact]
    public async Task LoadAsync_NestedColumns_KeepTheirTypes()
    {
        InputFile file = Parquet("""
            SELECT 'e' AS _id, TIMESTAMP '2024-01-02 03:04:05' AS seen, DATE '2024-02-29' AS day, 1.50::DECIMAL(10,2) AS price, 3::SMALLINT AS small,
                {'a b': [{'x': 1, 'when': TIMESTAMP '2024-01-01 00:00:00'}], 'm': MAP {'k': 1.5::DOUBLE}} AS nested, NULL::INTEGER AS nothing
            """);

        LoadResult result = await LoaderFixture.Load(_fixture.Request(file) with { Behavior = DatasetBehavior.Record });

        Assert.Equal(
            DataType.ObjectOf(
                ("_id", DataType.String), ("identityMap", XdmStandardSchema.IdentityMap), ("seen", DataType.Timestamp), ("day", DataType.Date),
                ("price", DataType.Double), ("small", DataType.Integer),
                ("nested", DataType.ObjectOf(
                    ("a b", DataType.ArrayOf(DataType.ObjectOf(("x", DataType.Integer), ("when", DataType.Timestamp)))), ("m", DataType.MapOf(DataType.Double)))),
                ("nothing", DataType.Integer)),
            result.Schema);
        Assert.Equal(
            ["1704164645000|2024-02-29|1.5|3|1|1704067200000|1.5"],
            _fixture.Read(result, "SELECT epoch_ms(seen), day::varchar, price, small, nested['a b'][1].x, epoch_ms(nested['a b'][1].when), nested.m['k'] FROM lake"));
    }

    [Fact]
    public async Task LoadAsync_Truncated_NamesTheFile()
    {
        InputFile whole = Parquet("SELECT 'e' || i AS _id FROM range(1000) r(i)");
        InputFile cut = _fixture.File(System.IO.File.ReadAllBytes(whole.Path)[..^100], "cut.parquet");

        LoadResult result = await LoaderFixture.Load(_fixture.Request(whole, cut) with { Format = InputFormat.Parquet });

        Assert.False(result.Succeeded);
        Assert.Empty(result.Files);
        LoadError error = Assert.Single(result.Errors);
        Assert.Equal((LoadErrorCodes.Corrupt, "The file 'cut.parquet' is damaged: it cannot be read as Parquet."), (error.Code, error.Description));
    }

    [Fact]
    public async Task LoadAsync_BadRow_FailsAlone()
    {
        InputFile file = Parquet("SELECT i::varchar AS _id, CASE WHEN i = 2 THEN 'never' ELSE '2024-01-01' END AS timestamp FROM range(1, 4) r(i)");

        LoadResult result = await LoaderFixture.Load(_fixture.Request(file));

        Assert.Equal((2, 1), (result.OutputRecords, result.FailedRecords));
        Assert.Equal([new RecordPlace("in.parquet", 2)], Assert.Single(result.Errors).Rows);
    }
}
