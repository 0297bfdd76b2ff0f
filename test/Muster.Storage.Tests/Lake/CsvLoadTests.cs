using System.Text;
using System.Text.Json.Nodes;
using Muster.Pql.Types;
using Muster.Storage.Lake;

namespace Muster.Storage.Tests.Lake;

public sealed class CsvLoadTests : IDisposable
{
    private readonly LoaderFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    private LoadRequest Request(string text, string? mapping = null) => _fixture.Request(_fixture.File(text, "in.csv")) with
    {
        Format = InputFormat.Csv,
        Behavior = DatasetBehavior.Record,
        Mapping = mapping is null ? null : RecordMapping.Parse(Encoding.UTF8.GetBytes(mapping)),
    };

    [Fact]
    public async Task LoadAsync_NoMapping_ColumnsAreFieldsOfTheTypesTheyShow()
    {
        LoadResult result = await LoaderFixture.Load(Request("\uFEFF_id,age,price,code,active,mixed\r\n1,42,1.50,007,true,1\r\n2,,-3,7,false,x\r\n"));

        Assert.Equal(
            ["age:Integer", "price:Double", "code:String", "active:Boolean", "mixed:String"],
            result.Schema.Fields.Skip(2).Select(f => $"{f.Name}:{f.Type}"));
        Assert.Equal(["1|42|1.5|007|True|1", "2||-3|7|False|x"], _fixture.Read(result, "SELECT _id, age, price, code, active, mixed FROM lake ORDER BY file_row_number"));
    }

    [Fact]
    public async Task LoadAsync_Mapping_BuildsTheRecord()
    {
        const string mapping = """
            {
              "fields": [
                {"source": "Name", "target": "person.name.fullName"},
                {"source": "Born", "target": "person.birthDate", "type": "date", "format": "dd.MM.yyyy"},
                {"source": "Zip", "target": "homeAddress.postalCode"},
                {"source": "Score", "target": "_acme.score", "type": "number"},
                {"source": "Tag1", "target": "_acme.tags[0]"},
                {"source": "Tag2", "target": "_acme.tags[1]"},
                {"constant": "import", "target": "_acme.origin"},
                {"source": "Key", "target": "_id"}
              ],
              "identities": [
                {"source": "Mail", "namespace": "Email", "authenticatedState": "ambiguous"},
                {"source": "Key", "namespace": "CRM", "primary": true}
              ]
            }
            """;
        LoadRequest request = Request(
            "Key;Name;Born;Zip;Score;Tag1;Tag2;Mail\nk1;\"Ada; \"\"L\"\"\";10.12.1815;01099;7;;b;ada@example.org\nk2;;;;;;;\n", mapping) with
        {
            Csv = new CsvFormat(';'),
            AllowMissingIdentity = false,
        };

        LoadResult result = await LoaderFixture.Load(request);

        Assert.Empty(result.Errors);
        Assert.Equal(
            [
                "k1|Ada; \"L\"|1815-12-10|01099|7|[b]|import|{\"Email\":[{\"id\":\"ada@example.org\",\"primary\":false,\"authenticatedState\":\"ambiguous\"}],\"CRM\":[{\"id\":\"k1\",\"primary\":true,\"authenticatedState\":null}]}",
                "k2||||||import|{\"CRM\":[{\"id\":\"k2\",\"primary\":true,\"authenticatedState\":null}]}",
            ],
            _fixture.Read(result, "SELECT _id, person.name.fullName, person.birthDate::VARCHAR, homeAddress.postalCode, _acme.score, _acme.tags::VARCHAR, _acme.origin, identityMap::JSON FROM lake ORDER BY file_row_number"));
    }

    [Fact]
    public async Task LoadAsync_BadRecords_AreNamedByLineFieldAndReason()
    {
        const string mapping = """
            {"fields": [{"source": "n", "target": "count", "type": "integer"}, {"source": "d", "target": "day", "format": "dd.MM.yyyy"}],
             "identities": [{"source": "id", "namespace": "CRM"}]}
            """;
        LoadRequest request = Request("id,n,d\na,1,01.02.2024\nb,x,\nc,1,2024\n\"d\n\",1\n,2,\ne,3,", mapping) with { AllowMissingIdentity = false };

        LoadResult result = await LoaderFixture.Load(request);

        Assert.Equal((6L, 2L, 4L), (result.InputRecords, result.OutputRecords, result.FailedRecords));
        Assert.Equal(
            [
                "3 INGEST-1212-400 'count' is a string that is no Integer.",
                "4 INGEST-1212-400 'day' is a string that is no date of the format 'dd.MM.yyyy'.",
                "5 INGEST-1401-400 The record has 2 fields instead of 3.",
                "7 INGEST-1555-400 'identityMap' has no usable identity.",
            ],
            result.Errors.Select(e => $"{e.Rows[0].Row} {e.Code} {e.Description}").Order(StringComparer.Ordinal));
        string[] failed = await File.ReadAllLinesAsync(result.FailedRecordsPath!, TestContext.Current.CancellationToken);
        Assert.Equal("2024", JsonNode.Parse(failed[1])!["record"]!["d"]!.ToString());
        Assert.Equal("[\"d\\u000a\",\"1\"]", JsonNode.Parse(failed[2])!["_corrupt_record"]!.ToString());
    }

    [Fact]
    public async Task LoadAsync_DeclaredSchema_ReadsTextAsItsTypes()
    {
        LoadRequest request = Request("_id,n,b,s\n1,5,true,0042\n2,5.5,true,x") with
        {
            Schema = DataType.ObjectOf(("n", DataType.Integer), ("b", DataType.Boolean), ("s", DataType.String)),
        };

        LoadResult result = await LoaderFixture.Load(request);

        Assert.Equal(["1|5|True|0042"], _fixture.Read(result, "SELECT _id, n, b, s FROM lake"));
        Assert.Equal(3, Assert.Single(result.Errors).Rows[0].Row);
    }

    [Theory]
    [InlineData("\n", "has no header")]
    [InlineData("a,,b\n1,2,3", "has a header with a column without a usable name")]
    [InlineData("a,A\n1,2", "has a header that names a column twice")]
    [InlineData("\"a\n1,2", "has a header that cannot be read")]
    public async Task LoadAsync_NoHeader_IsRefused(string text, string reason)
    {
        LoadResult result = await LoaderFixture.Load(Request(text));

        Assert.False(result.Succeeded);
        LoadError error = Assert.Single(result.Errors);
        Assert.Equal(("118", $"The file 'in.csv' {reason}."), (error.Code, error.Description));
    }

    [Fact]
    public async Task LoadAsync_HeaderWithoutAMappedColumn_IsRefused()
    {
        LoadResult result = await LoaderFixture.Load(Request("a\n1", """{"fields":[{"source":"b","target":"x"}]}"""));

        Assert.Equal("The file 'in.csv' has a header without the column 'b' of the mapping.", Assert.Single(result.Errors).Description);
    }

    [Fact]
    public async Task LoadAsync_SaidToHaveNoHeader_IsRefused()
    {
        LoadResult result = await LoaderFixture.Load(Request("a\n1") with { Csv = new CsvFormat(Header: false) });

        Assert.Equal("118", Assert.Single(result.Errors).Code);
    }

    [Fact]
    public async Task LoadAsync_HeaderAlone_IsAnEmptyFile()
    {
        LoadResult result = await LoaderFixture.Load(Request("a,b\n"));

        Assert.Equal((false, "106"), (result.Succeeded, Assert.Single(result.Errors).Code));
    }

    [Fact]
    public async Task LoadAsync_GzipOfManyRecords_AreAllThere()
    {
        var text = new StringBuilder("_id,n,name\n");
        for (int i = 0; i < 100_000; i++) text.Append(null, $"e{i},{i},\"name {i}\"\n");
        LoadRequest request = Request("") with { Files = [_fixture.File(LoaderFixture.Gzip(Encoding.UTF8.GetBytes(text.ToString())), "in.csv")] };

        LoadResult result = await LoaderFixture.Load(request);

        Assert.Equal(["100000|4999950000"], _fixture.Read(result, "SELECT count(*), sum(n) FROM lake WHERE _id = 'e' || file_row_number AND name = 'name ' || n"));
    }

    [Fact]
    public async Task LoadAsync_GzipCutOff_IsDamaged()
    {
        byte[] bytes = LoaderFixture.Gzip(Encoding.UTF8.GetBytes("_id\n" + string.Join('\n', Enumerable.Range(0, 50_000))));
        LoadRequest request = Request("") with { Files = [_fixture.File(bytes[..(bytes.Length / 2)], "in.csv")] };

        LoadResult result = await LoaderFixture.Load(request);

        Assert.Equal((false, "INGEST-1401-400"), (result.Succeeded, Assert.Single(result.Errors).Code));
    }

    [Theory]
    [InlineData(',', ',', '\\')]
    [InlineData('\n', '"', '\\')]
    [InlineData('\u00e9', '"', '\\')]
    [InlineData('\\', '"', '\\')]
    public void Check_CharactersThatCannotBeToldApart_Throws(char delimiter, char quote, char escape) =>
        Assert.Throws<FormatException>(new CsvFormat(delimiter, quote, escape).Check);
}
