using System.Text;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Lake;
using Muster.Storage.Schemas;

namespace Muster.Storage.Tests.Lake;

public sealed class RecordLoaderTests : IDisposable
{
    private const string TwoEvents = """
        {"_id":"e1","timestamp":"2024-01-02T03:04:05Z","eventType":"a","identityMap":{"CRM":[{"id":"7","primary":true}]},"n":1,"only":"x"}

        {"_id":"e2","timestamp":1704164645000,"eventType":"b","identityMap":{"CRM":[{"id":8}]},"n":2.5,"list":[{"a":1},{"b":[1,null,2]}],"gone":null,"e":{}}
        """;

    private readonly LoaderFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task LoadAsync_TwoEvents_InfersAndConvertsInOrder()
    {
        LoadResult result = await _fixture.Load(TwoEvents);

        Assert.True(result.Succeeded);
        Assert.Empty(result.Errors);
        Assert.Equal((2, 2, 0), (result.InputRecords, result.OutputRecords, result.FailedRecords));
        Assert.Null(result.FailedRecordsPath);
        Assert.Equal(["_id", "timestamp", "identityMap", "eventType", "n", "only", "list"], result.Schema.Fields.Select(f => f.Name));
        Assert.Equal(
            ["""e1|1704164645000|7|1|x|""", """e2|1704164645000|8|2.5||[{"a":1,"b":null},{"a":null,"b":[1,null,2]}]"""],
            _fixture.Read(result, "SELECT _id, epoch_ms(timestamp), identityMap['CRM'][1].id, n, \"only\", list::json FROM lake ORDER BY file_row_number"));
        LakeFile file = Assert.Single(result.Files);
        Assert.Equal(2, file.Rows);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.IO.File.ReadAllBytes(file.Path))), file.Sha256);
        Assert.Equal([file.Path], Directory.GetFiles(_fixture.Target));
    }

    [Fact]
    public async Task LoadAsync_ColumnTypes_AreThoseOfSqlText()
    {
        LoadResult result = await _fixture.Load("""{"_id":"a"}""");

        string[] columns = _fixture.Read(result, "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM lake) WHERE column_name <> 'file_row_number'");
        Assert.Equal(result.Schema.Fields.Select(f => $"{f.Name}|{DescribedType(f.Type)}"), columns);

        static string DescribedType(DataType type) => SqlText.Type(type).Replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE", StringComparison.Ordinal)
            .Replace("\"id\"", "id", StringComparison.Ordinal).Replace("\"authenticatedState\"", "authenticatedState", StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_SeveralFilesGzipAndArray_KeepsTheirOrder()
    {
        LoadResult result = await LoaderFixture.Load(_fixture.Request(
            _fixture.File("""{"_id":"1"}"""),
            _fixture.File(LoaderFixture.Gzip("{\"_id\":\"2\"}\n{\"_id\":\"3\"}"u8.ToArray())),
            _fixture.File("\uFEFF [ {\"_id\":\"4\"} ,\n{\"_id\":\"5\",\n \"s\":\"}]\\\"\"} ]")));

        Assert.True(result.Succeeded);
        Assert.Equal(["1", "2", "3", "4", "5"], _fixture.Read(result, "SELECT _id FROM lake ORDER BY file_row_number"));
    }

    [Theory]
    [InlineData("nope", LoadErrorCodes.Corrupt, "The record is not JSON.")]
    [InlineData("[1]", LoadErrorCodes.Corrupt, "The record is not a JSON object.")]
    [InlineData("""{"_id":"x"} trailing""", LoadErrorCodes.Corrupt, "The record is not JSON.")]
    [InlineData("""{"_id":"x","timestamp":"yesterday"}""", LoadErrorCodes.Conversion, "'timestamp' is a string that is no Timestamp.")]
    [InlineData("""{"_id":"x","timestamp":true}""", LoadErrorCodes.Conversion, "'timestamp' is a boolean that is no Timestamp.")]
    [InlineData("""{"_id":"x","n":[1]}""", LoadErrorCodes.Conversion, "'n' is an array that is no Integer.")]
    [InlineData("""{"_id":"x","n":1,"n":2}""", LoadErrorCodes.Conversion, "'n' stands twice in one object.")]
    [InlineData("""{"_id":"x","N":1}""", LoadErrorCodes.Conversion, "'N' differs from 'n' only in case.")]
    [InlineData("""{"_id":"x","":1}""", LoadErrorCodes.Conversion, "'' is no field of the schema.")]
    [InlineData("""{"_id":"x\u0000"}""", LoadErrorCodes.Conversion, "'_id' is a string that is no String.")]
    [InlineData("""{"_id":"\ud800"}""", LoadErrorCodes.Conversion, "'_id' is a string that is no String.")]
    [InlineData("""{"_id":"x","identityMap":{"A":{"id":"1"}}}""", LoadErrorCodes.Conversion, "'identityMap.*' is an object that is no Array<Object{id: String, primary: Boolean, authenticatedState: String}>.")]
    [InlineData("""{"_id":"x","commerce":{"order":{"priceTotal":"much"}}}""", LoadErrorCodes.Conversion, "'commerce.order.priceTotal' is a string that is no Double.")]
    public async Task LoadAsync_BadRecord_FailsAlone(string bad, string code, string message)
    {
        LoadResult result = await _fixture.Load($$"""{"_id":"good","n":1}{{"\n"}}{{bad}}{{"\n"}}{"_id":"too","n":2}""");

        Assert.True(result.Succeeded);
        Assert.Equal((3, 2, 1), (result.InputRecords, result.OutputRecords, result.FailedRecords));
        LoadError error = Assert.Single(result.Errors);
        Assert.Equal((code, message, 1L), (error.Code, error.Description, error.Count));
        Assert.Equal([new RecordPlace("in.json", 2)], error.Rows);
        Assert.Equal(["good", "too"], _fixture.Read(result, "SELECT _id FROM lake ORDER BY file_row_number"));
        string line = Assert.Single(System.IO.File.ReadAllLines(result.FailedRecordsPath!));
        Assert.StartsWith($$"""{"_errors":[{"code":"{{code}}","message":""", line, StringComparison.Ordinal);
        Assert.Contains(code == LoadErrorCodes.Corrupt ? "\"_row\":2,\"_corrupt_record\":" : $"\"_row\":2,\"record\":{bad}", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"timestamp":"2024-01-01T00:00:00Z","identityMap":{"A":[{"id":"1"}]}}""", "'_id' is missing.")]
    [InlineData("""{"_id":"1","identityMap":{"A":[{"id":"1"}]}}""", "'timestamp' is missing.")]
    [InlineData("""{"_id":"1","timestamp":1}""", "'identityMap' has no usable identity.")]
    [InlineData("""{"_id":"1","timestamp":1,"identityMap":{"A":[{"id":" "},{"id":"NULL"},{"id":"anonymous"}],"B":[{"id":"Invalid"}]}}""", "'identityMap' has no usable identity.")]
    public async Task LoadAsync_RequiredFieldMissing_Fails(string bad, string message)
    {
        LoadRequest request = _fixture.Request(_fixture.File(bad)) with { RequireEventFields = true, AllowMissingIdentity = false };

        LoadResult result = await LoaderFixture.Load(request);

        LoadError error = Assert.Single(result.Errors);
        Assert.Equal((LoadErrorCodes.MissingField, message), (error.Code, error.Description));
        Assert.True(result.Succeeded);
        Assert.Empty(result.Files);
    }

    [Fact]
    public async Task LoadAsync_FixedSchema_FailsOtherFieldsAndConvertsText()
    {
        DataType schema = DataType.ObjectOf(("n", DataType.Integer), ("d", DataType.Date), ("t", DataType.Timestamp), ("s", DataType.String), ("b", DataType.Boolean));
        LoadResult result = await _fixture.Load("""
            {"_id":"1","n":"12","d":"2024-02-29","t":"2024-02-29","s":1.50,"b":"true"}
            {"_id":"2","n":1.0,"d":1709164800000,"t":"2024-02-29 01:02:03.5+01:00","s":"x"}
            {"_id":"3","n":1.5}
            {"_id":"4","other":{"deep":[{"x":1}]}}
            {"_id":"5","other":{"deep":[{"x":null}]}}
            {"_id":"6","s":true}
            {"_id":"7","n":9223372036854775808}
            """, schema);

        Assert.Equal(
            ["1|12|2024-02-29|1709164800000|1.50|True", "2|1|2024-02-29|1709164923500|x|", "5|||||"],
            _fixture.Read(result, "SELECT _id, n, d::varchar, epoch_ms(t), s, b FROM lake ORDER BY file_row_number"));
        Assert.Equal(
            ["'n' is a number that is no Integer.:3,7", "'other' is no field of the schema.:4", "'s' is a boolean that is no String.:6"],
            result.Errors.Select(e => e.Description + ":" + string.Join(",", e.Rows.Select(r => r.Row))));
    }

    [Fact]
    public async Task LoadAsync_MissingIdentityAllowed_NamesTheRecord()
    {
        LoadResult result = await _fixture.Load("""
            {"_id":"a"}
            {"n":1}
            {"_id":"c","identityMap":{"A":[{"id":"null","xid":"1"}]},"n":2}
            {"_id":"d","identityMap":{"A":[{"id":"ok"}]}}
            """);

        Assert.Equal(
            ["""{"_id":[{"id":"a","primary":true,"authenticatedState":null}]}""", """{"_id":[{"id":"in.json#2","primary":true,"authenticatedState":null}]}""",
                """{"_id":[{"id":"c","primary":true,"authenticatedState":null}]}""", """{"A":[{"id":"ok","primary":null,"authenticatedState":null}]}"""],
            _fixture.Read(result, "SELECT identityMap::json FROM lake ORDER BY file_row_number"));
    }

    [Fact]
    public async Task LoadAsync_TooManyFailed_LeavesNoLakeFile()
    {
        LoadResult result = await LoaderFixture.Load(_fixture.Request(_fixture.File("{\"_id\":\"1\"}\nx")) with { MaximumFailedShare = 0.49 });

        Assert.False(result.Succeeded);
        Assert.Empty(result.Files);
        Assert.Equal((2, 0, 1), (result.InputRecords, result.OutputRecords, result.FailedRecords));
        Assert.Equal([result.FailedRecordsPath!], Directory.GetFiles(_fixture.Target));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n \n")]
    public async Task LoadAsync_EmptyFile_Says106(string text)
    {
        LoadResult result = await _fixture.Load(text);

        Assert.False(result.Succeeded);
        LoadError error = Assert.Single(result.Errors);
        Assert.Equal((LoadErrorCodes.EmptyFile, "The file 'in.json' is empty."), (error.Code, error.Description));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(200)]
    public async Task LoadAsync_GzipCutOff_NamesTheFile(int cut)
    {
        byte[] whole = LoaderFixture.Gzip(Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 500).Select(i => $$"""{"_id":"{{i * 7919}}"}"""))));

        LoadResult result = await LoaderFixture.Load(_fixture.Request(_fixture.File("""{"_id":"1"}""", "whole"), _fixture.File(whole[..^cut], "cut")));

        Assert.False(result.Succeeded);
        Assert.Empty(result.Files);
        LoadError error = Assert.Single(result.Errors);
        Assert.Equal(LoadErrorCodes.Corrupt, error.Code);
        Assert.Contains("'cut'", error.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_GzipOfSeveralMembers_IsWhole()
    {
        byte[] members = [.. LoaderFixture.Gzip("{\"_id\":\"1\"}\n"u8.ToArray()), .. LoaderFixture.Gzip("{\"_id\":\"22\"}\n"u8.ToArray())];

        LoadResult result = await LoaderFixture.Load(_fixture.Request(_fixture.File(members)));

        Assert.True(result.Succeeded);
        Assert.Equal(2, result.OutputRecords);
    }

    [Fact]
    public async Task LoadAsync_HostileNesting_FailsTheRecord()
    {
        string deep = string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1" + new string('}', 100_000);
        string edge = string.Concat(Enumerable.Repeat("{\"a\":", 63)) + "1" + new string('}', 63);

        LoadResult result = await _fixture.Load($"{deep}\n{edge}");

        Assert.Equal((1, 1), (result.OutputRecords, result.FailedRecords));
        Assert.Equal("The record is nested deeper than 64 levels.", Assert.Single(result.Errors).Description);
    }

    [Fact]
    public async Task LoadAsync_Cancelled_Throws()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new RecordLoader(new DuckDbOptions(256, 1)).LoadAsync(_fixture.Request(_fixture.File(TwoEvents)), null, new CancellationToken(true)));
    }

    [Fact]
    public async Task LoadAsync_Profiles_HaveNoTimestampColumn()
    {
        LoadRequest request = _fixture.Request(_fixture.File("""{"_id":"1","segmentMembership":{"ups":{"s":{"status":"realized","lastQualificationTime":"2024-01-01T00:00:00Z","timerSpec":{}}}}}"""));

        LoadResult result = await LoaderFixture.Load(request with { Behavior = DatasetBehavior.Record });

        Assert.Equal(["_id", "identityMap", "segmentMembership"], result.Schema.Fields.Select(f => f.Name));
        Assert.Equal(XdmStandardSchema.SegmentMembership, result.Schema.Fields[2].Type);
        Assert.Equal(["realized"], _fixture.Read(result, "SELECT segmentMembership['ups']['s'].status FROM lake"));
    }

    [Fact]
    public async Task LoadAsync_EarlierSchema_KeepsItsTypesAndGrows()
    {
        DataType earlier = DataType.ObjectOf(("n", DataType.Integer), ("s", DataType.String), ("b", DataType.Boolean), ("old", DataType.Date));
        InputFile file = _fixture.File("{\"_id\":\"1\",\"n\":1.5,\"s\":7,\"new\":[1]}\n{\"_id\":\"2\",\"b\":\"perhaps\"}");

        LoadResult result = await LoaderFixture.Load(_fixture.Request(file) with { EarlierSchema = earlier });

        Assert.Equal(["_id", "timestamp", "identityMap", "n", "s", "b", "old", "new"], result.Schema.Fields.Select(f => f.Name));
        Assert.Equal(["1.5|7|1"], _fixture.Read(result, "SELECT n, s, new[1] FROM lake"));
        Assert.Equal("'b' is a string that is no Boolean.", Assert.Single(result.Errors).Description);
    }

    [Fact]
    public async Task LoadAsync_LargeRecord_IsLoaded()
    {
        LoadResult result = await _fixture.Load($"{{\"_id\":\"1\",\"text\":\"{new string('x', 20_000_000)}\"}}\n{{\"_id\":\"2\"}}");

        Assert.Equal(["20000000", ""], _fixture.Read(result, "SELECT length(text) FROM lake ORDER BY file_row_number"));
    }

    [Fact]
    public async Task LoadAsync_FailedRecordOfSeveralLines_IsOneLine()
    {
        LoadResult result = await _fixture.Load("[{\"_id\":\"1\",\n\"timestamp\":\r\n\"x\"}]");

        Assert.EndsWith("\"_row\":1,\"record\":{\"_id\":\"1\", \"timestamp\":  \"x\"}}", Assert.Single(System.IO.File.ReadAllLines(result.FailedRecordsPath!)), StringComparison.Ordinal);
    }
}
