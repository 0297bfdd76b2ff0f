using System.Text;
using Muster.Storage.Lake;

namespace Muster.Storage.Tests.Lake;

public sealed class CsvReaderTests
{
    private static List<string> Read(string text, CsvFormat? format = null)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        var reader = new CsvReader(stream, format ?? CsvFormat.Default);
        var records = new List<string>();
        while (reader.Read())
        {
            IEnumerable<string> fields = Enumerable.Range(0, reader.Count).Select(i => Encoding.UTF8.GetString(reader[i]));
            records.Add($"{reader.Row}:{string.Join('|', fields)}{(reader.Problem is null ? "" : "!")}");
        }

        return records;
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\r\n")]
    [InlineData("a,b\n1,2\n", "1:a|b", "2:1|2")]
    [InlineData("\uFEFFa,b\r\n1,2", "1:a|b", "2:1|2")]
    [InlineData("a\rb", "1:a", "2:b")]
    [InlineData("a,,\n,b", "1:a||", "2:|b")]
    [InlineData("\"a,\"\"b\"\"\nc\",d\n\n e ", "1:a,\"b\"\nc|d", "4: e ")]
    [InlineData("\"a\\\"b\\\\c\\d\"", "1:a\"b\\c\\d")]
    [InlineData("a\"b,\"\"", "1:a\"b|")]
    [InlineData("\"a\"b,c\nd", "1:ab|c!", "2:d")]
    [InlineData("\"a,b\nc", "1:a,b\nc!")]
    [InlineData("\u00e9,\U0001F600", "1:\u00e9|\U0001F600")]
    public void Read_Text_CutsFields(string text, params string[] records) => Assert.Equal(records, Read(text));

    [Fact]
    public void Read_OtherCharacters_CutsByThem() =>
        Assert.Equal(["1:a|b;'c", "2:\"x\"|y"], Read("a;'b;''c'\n\"x\";y", new CsvFormat(';', '\'', '\'')));

    [Fact]
    public void Read_RecordsAcrossBuffers_AreWhole()
    {
        string[] fields = [.. Enumerable.Range(0, 5000).Select(i => $"{i}-{new string('x', i % 97)}\"\u00e9")];
        string text = string.Join("\r\n", fields.Select(f => $"\"{f.Replace("\"", "\"\"", StringComparison.Ordinal)}\",{f}"));

        Assert.Equal(fields.Select((f, i) => $"{i + 1}:{f}|{f}"), Read(text));
    }
}
