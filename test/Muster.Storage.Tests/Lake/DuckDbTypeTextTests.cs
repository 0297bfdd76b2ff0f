using Muster.Storage.Lake;

namespace Muster.Storage.Tests.Lake;

public sealed class DuckDbTypeTextTests
{
    [Theory]
    [InlineData("BIGINT", "Integer")]
    [InlineData("DECIMAL(10,2)", "Double")]
    [InlineData("UUID", "String")]
    [InlineData("ENUM('a', 'b)', 'it''s')[]", "Array<String>")]
    [InlineData("TIMESTAMP WITH TIME ZONE", "Timestamp")]
    [InlineData("TIMESTAMP_NS[][3]", "Array<Array<Timestamp>>")]
    [InlineData("MAP(VARCHAR, STRUCT(id VARCHAR, \"a \"\"b\"\"\" DATE)[])", "Map<String, Array<Object{id: String, a \"b\": Date}>>")]
    [InlineData("STRUCT(a STRUCT(b DECIMAL(4,1)[], c MAP(INTEGER, BOOLEAN)), d DOUBLE)", "Object{a: Object{b: Array<Double>, c: Map<String, Boolean>}, d: Double}")]
    public void Parse_Description_IsTheType(string text, string type) => Assert.Equal(type, DuckDbTypeText.Parse(text).ToString());
}
