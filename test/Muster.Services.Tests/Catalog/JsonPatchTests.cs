using System.Text.Json.Nodes;
using Muster.Services.Catalog;

namespace Muster.Services.Tests.Catalog;

public sealed class JsonPatchTests
{
    [Theory]
    [InlineData("""[{"op":"add","path":"/b","value":2}]""", """{"a":{"x":[1,2]},"b":2}""")]
    [InlineData("""[{"op":"add","path":"/n/e~1w/t~0","value":2}]""", """{"a":{"x":[1,2]},"n":{"e/w":{"t~":2}}}""")]
    [InlineData("""[{"op":"add","path":"/a/x/1","value":9}]""", """{"a":{"x":[1,9,2]}}""")]
    [InlineData("""[{"op":"add","path":"/a/x/-","value":9}]""", """{"a":{"x":[1,2,9]}}""")]
    [InlineData("""[{"op":"replace","path":"/a/x/0","value":9}]""", """{"a":{"x":[9,2]}}""")]
    [InlineData("""[{"op":"remove","path":"/a/x"}]""", """{"a":{}}""")]
    [InlineData("""[{"op":"copy","from":"/a/x/0","path":"/b"}]""", """{"a":{"x":[1,2]},"b":1}""")]
    [InlineData("""[{"op":"move","from":"/a/x","path":"/b"}]""", """{"a":{},"b":[1,2]}""")]
    [InlineData("""[{"op":"test","path":"/a/x/1","value":2}]""", """{"a":{"x":[1,2]}}""")]
    public void Apply_Operation_Result(string operations, string expected) =>
        Assert.Equal(expected, JsonPatch.Apply(Document(), JsonNode.Parse(operations)!.AsArray()).ToJsonString());

    [Theory]
    [InlineData("""[{"op":"remove","path":"/none"}]""", "patch.invalid")]
    [InlineData("""[{"op":"replace","path":"/a/x/2","value":1}]""", "patch.invalid")]
    [InlineData("""[{"op":"add","path":"/a/x/9","value":1}]""", "patch.invalid")]
    [InlineData("""[{"op":"add","path":"b","value":1}]""", "patch.invalid")]
    [InlineData("""[{"op":"grow","path":"/b"}]""", "patch.invalid")]
    [InlineData("""[{"op":"add","path":"/b"}]""", "request.missingField")]
    [InlineData("""[{"op":"test","path":"/a","value":1}]""", "patch.testFailed")]
    [InlineData("""[7]""", "patch.invalid")]
    public void Apply_Impossible_RefusedAndDocumentUntouched(string operations, string code)
    {
        JsonObject document = Document();
        RequestRefusedException refusal = Assert.Throws<RequestRefusedException>(() => JsonPatch.Apply(document, JsonNode.Parse(operations)!.AsArray()));
        Assert.Equal(code, refusal.Code);
        Assert.Equal(Document().ToJsonString(), document.ToJsonString());
    }

    private static JsonObject Document() => JsonNode.Parse("""{"a":{"x":[1,2]}}""")!.AsObject();
}
