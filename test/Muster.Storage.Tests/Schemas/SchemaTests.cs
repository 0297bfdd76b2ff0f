using Muster.Pql.Types;
using Muster.Storage.Lake;
using Muster.Storage.Schemas;

namespace Muster.Storage.Tests.Schemas;

public sealed class SchemaTests
{
    public static TheoryData<string, string> Errors { get; } = new()
    {
        { "[", "The schema is not JSON" },
        { "[]", "The schema is not a JSON object." },
        { """{"type":"string"}""", "The root of a schema is an object with properties." },
        { """{"properties":{"a":{"type":"array"}}}""", "The schema of 'a' is an array without 'items'." },
        { """{"properties":{"a":{"properties":{"b":{"type":"thing"}}}}}""", "The schema of 'a.b' has the unknown type 'thing'." },
        { """{"properties":{"a":{"$ref":"#/x"}}}""", "The schema of 'a' has a '$ref': write the referred fields out instead." },
        { """{"properties":{"a":{"type":["string","integer"]}}}""", "The schema of 'a' has a 'type' that is not one type." },
        { """{"properties":{"a":{"type":"string"},"A":{"type":"string"}}}""", "The schema of 'A' has the name of another field, if case is ignored." },
        { """{"properties":{"":{"type":"string"}}}""", "The schema is no usable name." },
        { """{"allOf":[{"properties":{"a":{"type":"string"}}},{"properties":{"a":{"type":"boolean"}}}]}""", "The schema of 'a' is defined in two ways by 'allOf'." },
    };

    [Theory]
    [InlineData("person.name.firstName", "String")]
    [InlineData("person.birthDate", "Date")]
    [InlineData("homeAddress.country", "String")]
    [InlineData("homeAddress._schema.latitude", "Double")]
    [InlineData("loyalty.loyaltyID", "Array<String>")]
    [InlineData("loyalty.rewards.coupons.endDate", "Timestamp")]
    [InlineData("consents.marketing.email.val", "String")]
    [InlineData("consents.idSpecific", "Map<String, Unknown>")]
    [InlineData("extSourceSystemAudit.lastUpdatedDate", "Timestamp")]
    [InlineData("privacyOptOuts.optOutValue", "String")]
    [InlineData("segmentMembership.lastQualificationTime", "Timestamp")]
    public void Profile_Path_HasStandardType(string path, string type) => Assert.Equal(type, At(XdmStandardSchema.Profile, path).ToString());

    [Theory]
    [InlineData("timestamp", "Timestamp")]
    [InlineData("commerce.purchases.value", "Double")]
    [InlineData("productListItems.quantity", "Integer")]
    [InlineData("web.webPageDetails.isHomePage", "Boolean")]
    [InlineData("channel._type", "String")]
    [InlineData("directMarketing.opens.value", "Double")]
    [InlineData("identityMap.primary", "Boolean")]
    public void Event_Path_HasStandardType(string path, string type) => Assert.Equal(type, At(XdmStandardSchema.Event, path).ToString());

    [Fact]
    public void SchemaText_StandardSchemas_AreReadBackEqual()
    {
        foreach (DataType type in new[] { XdmStandardSchema.Profile, XdmStandardSchema.Event, DataType.ObjectOf(), DataType.ObjectOf(("a b\"", DataType.Date)) })
            Assert.Equal(type, SchemaText.Parse(SchemaText.Write(type)));
    }

    [Fact]
    public void Read_JsonSchema_UnderstandsXdm()
    {
        JsonSchemaResult result = JsonSchemaReader.Read("""
            {"title":"T","allOf":[{"properties":{"a":{"type":["integer","null"],"minimum":0}}},{"properties":{"o":{"properties":{"d":{"type":"string","format":"date"}}}}}],
             "properties":{"s":{"enum":["x"]},"n":{"type":"string","meta:xdmType":"double"},"m":{"type":"object","additionalProperties":{"type":"boolean"}},
              "l":{"items":{"type":"number"}},"o":{"type":"object","properties":{"t":{"type":"string","format":"date-time"}},"additionalProperties":false},"any":{}}}
            """);

        Assert.Empty(result.Errors);
        Assert.Equal(
            DataType.ObjectOf(
                ("s", DataType.String), ("n", DataType.Double), ("m", DataType.MapOf(DataType.Boolean)), ("l", DataType.ArrayOf(DataType.Double)),
                ("o", DataType.ObjectOf(("t", DataType.Timestamp), ("d", DataType.Date))), ("any", DataType.Unknown), ("a", DataType.Integer)),
            result.Type);
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void Read_BadSchema_SaysWhere(string schema, string error)
    {
        JsonSchemaResult result = JsonSchemaReader.Read(schema);

        Assert.Null(result.Type);
        Assert.StartsWith(error, Assert.Single(result.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Union_Conflicts_KeepTheFirst()
    {
        SchemaUnionResult union = SchemaUnion.Of(
            DataType.ObjectOf(("a", DataType.Integer), ("b", DataType.String), ("o", DataType.ObjectOf(("x", DataType.Date)))),
            DataType.ObjectOf(("a", DataType.Double), ("b", DataType.Boolean), ("B", DataType.Boolean), ("o", DataType.ObjectOf(("y", DataType.Date)))));

        Assert.Equal("Object{a: Double, b: String, o: Object{x: Date, y: Date}}", union.Type.ToString());
        Assert.Equal(["b", "B"], union.Conflicts.Select(c => c.Path));
    }

    [Fact]
    public void ProfileSchemas_Union_HasDataAndStandardFields()
    {
        ProfileSchema schema = ProfileSchemas.Union(
            [
                (DatasetBehavior.Record, DataType.ObjectOf(("mine", DataType.Integer), ("loyalty", DataType.ObjectOf(("points", DataType.String))))),
                (DatasetBehavior.TimeSeries, DataType.ObjectOf(("_retail", DataType.ObjectOf(("storeId", DataType.String))))),
            ],
            isOpen: true);

        Assert.True(schema.IsOpen);
        Assert.Equal(DataType.Integer, At(schema.Profile, "mine"));
        Assert.Equal(DataType.String, At(schema.Profile, "loyalty.points"));
        Assert.Equal(DataType.String, At(schema.Profile, "loyalty.tier"));
        Assert.Equal(XdmStandardSchema.IdentityMap, At(schema.Profile, "identityMap", intoElements: false));
        Assert.Equal(DataType.String, At(schema.Profile, "xEvent._retail.storeId"));
        Assert.Equal(DataType.Timestamp, At(schema.Event, "timestamp"));
    }

    private static DataType At(DataType type, string path, bool intoElements = true)
    {
        foreach (string name in path.Split('.'))
        {
            while (intoElements && type.Element is { } element) type = element;
            Assert.True(type.TryGetField(name, out DataType? field), name);
            type = field;
        }

        return type;
    }
}
