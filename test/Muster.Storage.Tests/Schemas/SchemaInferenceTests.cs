using System.Text;
using Muster.Pql.Types;
using Muster.Storage.Schemas;

namespace Muster.Storage.Tests.Schemas;

public sealed class SchemaInferenceTests
{
    private static DataType Infer(params string[] records)
    {
        var whole = new SchemaInference(XdmStandardSchema.Event);
        foreach (string record in records) whole.Observe(Encoding.UTF8.GetBytes(record));

        // Each record inferred apart and put together gives the same.
        var merged = new SchemaInference(XdmStandardSchema.Event);
        foreach (string record in records)
        {
            var part = new SchemaInference(XdmStandardSchema.Event);
            part.Observe(Encoding.UTF8.GetBytes(record));
            merged.Merge(part);
        }

        Assert.Equal(whole.Build(), merged.Build());
        return whole.Build();
    }

    [Theory]
    [InlineData("Object{x: Integer}", """{"x":1}""", """{"x":null}""")]
    [InlineData("Object{x: Double}", """{"x":1}""", """{"x":1.5}""")]
    [InlineData("Object{x: Double}", """{"x":12345678901234567890}""")]
    [InlineData("Object{x: String}", """{"x":1}""", """{"x":"a"}""", """{"x":true}""")]
    [InlineData("Object{x: String}", """{"x":1}""", """{"x":true}""")]
    [InlineData("Object{x: String}", """{"x":"2024-01-01T00:00:00Z"}""")]
    [InlineData("Object{x: Integer}", """{"x":1}""", """{"x":{"y":1}}""", """{"x":[1]}""")]
    [InlineData("Object{x: Object{y: Integer}}", """{"x":{}}""", """{"x":{"y":1}}""", """{"x":1}""")]
    [InlineData("Object{x: Integer}", """{"x":{"y":null}}""", """{"x":[]}""", """{"x":1}""")]
    [InlineData("Object", """{"x":null,"y":{},"z":[[],{"a":[null]}]}""")]
    [InlineData("Object{x: Array<Object{a: Integer, b: Array<Double>}>}", """{"x":[{"a":1},{"b":[1,2.5]}]}""")]
    [InlineData("Object{timestamp: Timestamp, eventType: String}", """{"timestamp":1,"eventType":5}""")]
    [InlineData("Object{commerce: Object{order: Object{priceTotal: Double, mine: Integer}}}", """{"commerce":{"order":{"priceTotal":1,"mine":1}}}""")]
    [InlineData("Object{productListItems: Array<Object{quantity: Integer, price: Integer}>}", """{"productListItems":[{"quantity":1,"price":2}]}""")]
    [InlineData("Object{sku: String}", """{"sku":"a","SKU":"b","":1}""")]
    [InlineData("Object{x: Integer}", """{"x":1}""", """{"x":1.5""", """{"bad":""", "[1]", "7")]
    public void Build_Records_GivesType(string type, params string[] records) => Assert.Equal(type, Infer(records).ToString());

    [Fact]
    public void Build_IdentityMap_IsAlwaysTheStandardOne() =>
        Assert.Equal(DataType.ObjectOf(("identityMap", XdmStandardSchema.IdentityMap)), Infer("""{"identityMap":{"A":[{"id":1}]}}"""));

    [Theory]
    [InlineData(256, "Object")]
    [InlineData(257, "Map<String, Double>")]
    [InlineData(5000, "Map<String, Double>")]
    public void Build_ManyKeysOfOneType_IsMap(int keys, string type)
    {
        string record = "{\"m\":{" + string.Join(",", Enumerable.Range(0, keys).Select(i => $"\"k{i}\":{(i % 2 == 0 ? "1" : "1.5")}")) + "}}";

        Assert.True(Infer(record).TryGetField("m", out DataType? map));
        Assert.StartsWith(type, map.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_ManyKeysOfTwoTypes_IsObject()
    {
        string record = "{\"m\":{" + string.Join(",", Enumerable.Range(0, 300).Select(i => $"\"k{i}\":{(i % 2 == 0 ? "1" : "\"a\"")}")) + "}}";

        Assert.True(Infer(record).TryGetField("m", out DataType? type));
        Assert.Equal(TypeKind.Object, type.Kind);
    }
}
