using System.Text;
using Muster.Storage.Lake;

namespace Muster.Storage.Tests.Lake;

public sealed class RecordFileTests : IDisposable
{
    private readonly LoaderFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    private List<(long Row, string Text)> Read(string text, InputFormat format)
    {
        var records = new List<(long, string)>();
        foreach (RecordChunk chunk in RecordFile.Read(_fixture.File(text).Path, format))
        {
            using (chunk)
                for (int i = 0; i < chunk.Count; i++) records.Add((chunk.RowOf(i), Encoding.UTF8.GetString(chunk[i])));
        }

        return records;
    }

    [Theory]
    [InlineData(InputFormat.JsonLines, "{}\r\n\r\n {\"a\":1} \n", "1:{}", "3:{\"a\":1}")]
    [InlineData(InputFormat.JsonLines, "\uFEFF{}\n{", "1:{}", "2:{")]
    [InlineData(InputFormat.JsonLines, " \n[{},{}]", "1:{}", "2:{}")]
    [InlineData(InputFormat.JsonArray, "[]")]
    [InlineData(InputFormat.JsonArray, "[{\"a\":[{}]},{}]", "1:{\"a\":[{}]}", "2:{}")]
    [InlineData(InputFormat.JsonArray, "[{\"a\":\"}\\\\\"},{\"b\":\"\\\"]\"}]", "1:{\"a\":\"}\\\\\"}", "2:{\"b\":\"\\\"]\"}")]
    [InlineData(InputFormat.JsonArray, "{\n\"a\":1}\n{}", "1:{\n\"a\":1}", "2:{}")]
    [InlineData(InputFormat.JsonArray, "[1,nope,\"x,]\",[{}],{}]", "1:1", "2:nope", "3:\"x,]\"", "4:[{}]", "5:{}")]
    [InlineData(InputFormat.JsonArray, "[{},{\"a\":", "1:{}", "2:{\"a\":")]
    [InlineData(InputFormat.JsonArray, "[{}]]", "1:{}", "2:]")]
    public void Read_Text_CutsRecords(InputFormat format, string text, params string[] records) =>
        Assert.Equal(records, Read(text, format).Select(r => $"{r.Row}:{r.Text}"));

    [Theory]
    [InlineData(InputFormat.JsonLines)]
    [InlineData(InputFormat.JsonArray)]
    public void Read_RecordsAcrossChunks_AreWhole(InputFormat format)
    {
        string[] records = [.. new[] { 10, 3_000_000, 3_000_000, 9_000_000, 1, 4_194_304, 7 }.Select((n, i) => $"{{\"{i}\":\"{new string('x', n)}\"}}")];
        string text = format == InputFormat.JsonLines ? string.Join("\n", records) : "[" + string.Join(",", records) + "]";

        List<(long Row, string Text)> read = Read(text, format);

        Assert.Equal(Enumerable.Range(1, records.Length).Select(i => (long)i), read.Select(r => r.Row));
        Assert.True(records.SequenceEqual(read.Select(r => r.Text)));
    }

    [Fact]
    public void Read_RecordTooLong_Throws()
    {
        string text = "{\"a\":\"" + new string('x', 2 * RecordFile.MaximumRecordBytes) + "\"}";

        Assert.Throws<InvalidDataException>(() => Read(text, InputFormat.JsonLines));
    }
}
