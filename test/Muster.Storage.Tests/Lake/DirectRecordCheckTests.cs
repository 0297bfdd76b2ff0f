using System.Text;
using CsCheck;
using Muster.Pql.Types;
using Muster.Storage.Lake;
using Muster.Storage.Schemas;

namespace Muster.Storage.Tests.Lake;

public sealed class DirectRecordCheckTests
{
    private const string Identity = "\"identityMap\":{\"CRM\":[{\"id\":\"customer-1\",\"primary\":true}]}";

    private static readonly DataType s_schema = DataType.ObjectOf(
        ("_id", DataType.String), ("timestamp", DataType.Timestamp), ("identityMap", XdmStandardSchema.IdentityMap),
        ("s", DataType.String), ("i", DataType.Integer), ("d", DataType.Double), ("b", DataType.Boolean), ("t", DataType.Timestamp),
        ("day", DataType.Date), ("l", DataType.ArrayOf(DataType.Integer)), ("m", DataType.MapOf(DataType.String)),
        ("o", DataType.ObjectOf(("x", DataType.Integer), ("y", DataType.ObjectOf(("z", DataType.String))))));

    private static readonly RecordRules s_rules = new(false, false, false);

    private static bool IsDirect(string record) => new DirectRecordCheck(s_schema, s_rules).IsDirect(Encoding.UTF8.GetBytes(record));

    private static bool IsDirectAtLeisure(string record) =>
        new DirectRecordCheck(s_schema, s_rules).IsDirectAtLeisure(Encoding.UTF8.GetBytes(record));

    [Theory]
    [InlineData("\"s\":\"x\"")]
    [InlineData("\"s\":\"\"")]
    [InlineData("\"s\":\"\\u00e9 \\\" \\\\ \\/ \\n\"")]
    [InlineData("\"s\":null")]
    [InlineData("\"unknown\":null")]
    [InlineData("\"i\":0")]
    [InlineData("\"i\":-9223372036854775808")]
    [InlineData("\"d\":-1.5e-3")]
    [InlineData("\"d\":7")]
    [InlineData("\"b\":true")]
    [InlineData("\"t\":\"2024-02-29T23:59:59Z\"")]
    [InlineData("\"t\":\"2024-02-29T23:59:59.123456+14:00\"")]
    [InlineData("\"day\":\"2024-02-29\"")]
    [InlineData("\"l\":[1,null,2]")]
    [InlineData("\"m\":{\"k\":\"v\",\"l\":\"w\"}")]
    [InlineData("\"o\":{\"x\":1,\"y\":{\"z\":\"w\"}}")]
    [InlineData(" \"o\" : { \"y\" : { \"z\" : \"w\" } , \"x\" : 1 } ")]
    public void IsDirect_PlainRecord_True(string field)
    {
        Assert.True(IsDirect($"{{{Identity},{field}}}"));
        Assert.True(IsDirectAtLeisure($"{{{Identity},{field}}}"));
    }

    [Theory]
    [InlineData("\"s\":1")]
    [InlineData("\"s\":true")]
    [InlineData("\"s\":{}")]
    [InlineData("\"s\":\"\\u0000\"")]
    [InlineData("\"s\":\"\\ud800\"")]
    [InlineData("\"S\":\"x\"")]
    [InlineData("\"S\":null")]
    [InlineData("\"s\":\"x\",\"s\":\"y\"")]
    [InlineData("\"s\":null,\"s\":\"y\"")]
    [InlineData("\"unknown\":1")]
    [InlineData("\"i\":\"1\"")]
    [InlineData("\"i\":1.0")]
    [InlineData("\"i\":1e3")]
    [InlineData("\"i\":-0")]
    [InlineData("\"i\":9223372036854775808")]
    [InlineData("\"d\":\"1\"")]
    [InlineData("\"d\":1e999")]
    [InlineData("\"d\":NaN")]
    [InlineData("\"b\":\"true\"")]
    [InlineData("\"t\":1704164645678")]
    [InlineData("\"t\":\"2024-01-01\"")]
    [InlineData("\"t\":\"2024-01-01T00:00:00\"")]
    [InlineData("\"t\":\"2024-01-01T00:00:00.1234567Z\"")]
    [InlineData("\"t\":\"2024-01-01T00:00:60Z\"")]
    [InlineData("\"t\":\"2024-01-01T24:00:00Z\"")]
    [InlineData("\"t\":\"2023-02-29T00:00:00Z\"")]
    [InlineData("\"t\":\"2024-01-01 00:00:00Z\"")]
    [InlineData("\"t\":\"0999-01-01T00:00:00Z\"")]
    [InlineData("\"t\":\"9999-01-01T00:00:00Z\"")]
    [InlineData("\"day\":\"2024-02-30\"")]
    [InlineData("\"day\":\"2024-02-29T00:00:00Z\"")]
    [InlineData("\"l\":[]")]
    [InlineData("\"l\":[null]")]
    [InlineData("\"l\":1")]
    [InlineData("\"m\":{}")]
    [InlineData("\"m\":{\"k\":null}")]
    [InlineData("\"m\":{\"k\":\"v\",\"k\":\"w\"}")]
    [InlineData("\"o\":{}")]
    [InlineData("\"o\":{\"x\":null}")]
    [InlineData("\"o\":{\"y\":{}}")]
    [InlineData("\"o\":{\"x\":1,\"q\":1}")]
    [InlineData("\"s\":\"x\"} {")]
    [InlineData("\"s\":\"x\",")]
    [InlineData("\"s\":\"a\tb\"")]
    [InlineData("\"i\":01")]
    public void IsDirect_AnythingElse_False(string field)
    {
        Assert.False(IsDirect($"{{{Identity},{field}}}"));
        Assert.False(IsDirectAtLeisure($"{{{Identity},{field}}}"));
    }

    [Theory]
    [InlineData("\"s\":\"x\"", true)]
    [InlineData("\"s\":null,\"i\":-12,\"d\":0.25,\"b\":false", true)]
    [InlineData("\"l\":[1,null],\"m\":{\"k\":\"v\"},\"o\":{\"y\":{\"z\":\"w\"},\"x\":1}", true)]
    [InlineData("\"d\":1e3", false)]
    [InlineData("\"s\":\"\\u00e9\"", false)]
    [InlineData("\"s\": \"x\"", false)]
    [InlineData("\"m\":{\"k\":\"v\",\"l\":\"w\"}", false)]
    [InlineData("\"i\":9223372036854775807", false)]
    public void IsDirect_CompactOrNot_IsDirectAtLeisure(string field, bool isCompact)
    {
        byte[] record = Encoding.UTF8.GetBytes($"{{{Identity},{field}}}");

        Assert.Equal(isCompact, new CompactRecordCheck(s_schema, s_rules).IsDirect(record));
        Assert.True(new DirectRecordCheck(s_schema, s_rules).IsDirectAtLeisure(record));
    }

    [Fact]
    public void IsDirect_AnyCharactersChanged_IsNeverMoreThanAtLeisure()
    {
        byte[] record = Encoding.UTF8.GetBytes(
            $"{{\"_id\":\"e1\",\"timestamp\":\"2024-02-29T10:20:30.5+01:00\",{Identity},\"s\":\"x\",\"i\":-12,\"d\":10.5,\"b\":true,\"day\":\"2024-02-29\","
            + "\"l\":[1,null,20],\"m\":{\"k\":\"v\"},\"o\":{\"x\":1,\"y\":{\"z\":\"w\"}}}");
        var compact = new CompactRecordCheck(s_schema, s_rules);
        var leisure = new DirectRecordCheck(s_schema, s_rules);
        int direct = 0;
        Gen.Select(Gen.Int[0, record.Length - 1], Gen.Int[0, 25], Gen.Int[0, 3]).Array[1, 3].Sample(
            changes =>
            {
                var changed = new List<byte>(record);
                foreach ((int at, int what, int how) in changes)
                {
                    ReadOnlySpan<byte> values = "0129-+.eE\"\\{}[],: ntTZx\t\n"u8;
                    byte value = values[what % values.Length];
                    if (at >= changed.Count) continue;
                    if (how == 0) changed.RemoveAt(at);
                    else if (how == 1) changed.Insert(at, value);
                    else if (how == 2) changed[at] = value;
                    else changed.InsertRange(at, changed.Slice(at, Math.Min(what, changed.Count - at)));
                }

                byte[] bytes = [.. changed];
                if (!compact.IsDirect(bytes)) return;
                Assert.True(leisure.IsDirectAtLeisure(bytes), Encoding.UTF8.GetString(bytes));
                direct++;
            },
            iter: 100_000, threads: 1);
        Assert.True(direct > 1000);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"s\":\"x\"}")]
    [InlineData("{\"identityMap\":{\"CRM\":[{\"id\":\" null \"}]}}")]
    [InlineData("{\"identityMap\":{\"CRM\":[{\"id\":\"anonymous\"}]}}")]
    [InlineData("[1]")]
    [InlineData("")]
    public void IsDirect_NoUsableIdentity_False(string record) => Assert.False(IsDirect(record));

    [Theory]
    [InlineData("\"_id\":\"1\",\"timestamp\":\"2024-01-01T00:00:00Z\"", true)]
    [InlineData("\"_id\":\"1\"", false)]
    [InlineData("\"_id\":\"\",\"timestamp\":\"2024-01-01T00:00:00Z\"", false)]
    [InlineData("\"_id\":\"1\",\"timestamp\":null", false)]
    [InlineData("\"timestamp\":\"2024-01-01T00:00:00Z\"", false)]
    public void IsDirect_EventFieldsRequired_AreThere(string fields, bool isDirect) =>
        Assert.Equal(isDirect, new DirectRecordCheck(s_schema, new RecordRules(false, true, false)).IsDirect(Encoding.UTF8.GetBytes($"{{{Identity},{fields}}}")));
}
