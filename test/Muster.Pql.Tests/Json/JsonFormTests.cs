using Muster.Pql.Diagnostics;

namespace Muster.Pql.Tests.Json;

public sealed class JsonFormTests
{
    // In the cases NAME stands for the field a of the profile, ROOT for the profile.
    private const string Root = """{"nodeType":"parameterReference","position":1}""";
    private const string Name = """{"nodeType":"fieldLookup","fieldName":"a","object":{"nodeType":"parameterReference","position":1}}""";

    [Theory]
    [InlineData("_pet.kind = \"owl\"", """{"nodeType":"fnApply","fnName":"=","params":[{"nodeType":"fieldLookup","fieldName":"kind","object":{"nodeType":"fieldLookup","fieldName":"_pet","object":{"nodeType":"parameterReference","position":1}}},{"nodeType":"literal","literalType":"String","value":"owl"}]}""")]
    [InlineData("a and a and a", """{"nodeType":"fnApply","fnName":"and","params":[NAME,NAME,NAME]}""")]
    [InlineData("a[b]", """{"nodeType":"fnApply","fnName":"filter","params":[NAME,{"nodeType":"lambda","params":[{"varName":"this"}],"body":{"nodeType":"fieldLookup","fieldName":"b","object":{"nodeType":"varRef","varName":"this"}}}]}""")]
    [InlineData("a.exists(^b)", """{"nodeType":"fnApply","fnName":"exists","params":[NAME,{"nodeType":"lambda","params":[{"varName":"this"}],"body":{"nodeType":"fieldLookup","fieldName":"b","object":{"nodeType":"varRef","varName":"^"}}}]}""")]
    [InlineData("[1, 2.0, \"x\"]", """{"nodeType":"literal","literalType":"List","value":[1,2.0,"x"]}""")]
    [InlineData("[a, 1]", """{"nodeType":"fnApply","fnName":"list","params":[NAME,{"nodeType":"literal","literalType":"Integer","value":1}]}""")]
    [InlineData("exists v from a where v", """{"nodeType":"quantification","quantifier":"some","variables":[{"nodeType":"varDecl","varName":"v","from":NAME,"where":{"nodeType":"varRef","varName":"v"}}]}""")]
    [InlineData("a occurs <= 3 days before now", """{"nodeType":"occurs","timestamp":NAME,"qualification":{"nodeType":"timeQualification","comparison":"<=","duration":{"nodeType":"duration","count":3,"unit":"day"},"direction":"before","reference":{"nodeType":"literal","literalType":"Timestamp","value":"now"}}}""")]
    [InlineData("a occurs on last week", """{"nodeType":"occurs","timestamp":NAME,"qualification":{"nodeType":"timeQualification","reference":{"nodeType":"range","relation":"last","unit":"week"}}}""")]
    [InlineData("{\"k\": a}", """{"nodeType":"object","fields":[{"name":"k","value":NAME}]}""")]
    [InlineData("let v = a in v", """{"nodeType":"let","varName":"v","value":NAME,"body":{"nodeType":"varRef","varName":"v"}}""")]
    [InlineData("sum v over v from a", """{"nodeType":"aggregate","fnName":"sum","value":{"nodeType":"varRef","varName":"v"},"variables":[{"nodeType":"varDecl","varName":"v","from":NAME}]}""")]
    [InlineData("CHAIN(a, timestamp, [C0: WHAT(true) COUNT(2)])", """{"nodeType":"chain","array":NAME,"timestamp":"timestamp","elements":[{"nodeType":"element","label":"C0","what":{"nodeType":"literal","literalType":"Boolean","value":true},"count":{"min":2,"max":null}}]}""")]
    [InlineData("@{id}", """{"nodeType":"contextReference","schemaId":"id"}""")]
    [InlineData("null", """{"nodeType":"literal","literalType":"Null","value":null}""")]
    [InlineData("-a", """{"nodeType":"fnApply","fnName":"negate","params":[NAME]}""")]
    public void Convert_BothWays_GivesTheOther(string text, string json)
    {
        json = Expand(json);
        Assert.Equal(json, PqlCompiler.Convert(text, PqlFormat.Text).Converted);
        PqlConversion back = PqlCompiler.Convert(json, PqlFormat.Json);
        Assert.Empty(back.Diagnostics);
        Assert.Equal(text, back.Converted);
    }

    [Theory]
    [InlineData("""{"nodeType":"fieldLookup","fieldName":"xdm:a"}""", "a")]
    [InlineData("""{"nodeType":"fieldLookup","fieldName":"a","object":{"nodeType":"literal","literalType":"XDMObject","value":"profile"}}""", "a")]
    [InlineData("""{"nodeType":"literal","literalType":"integer","value":"7"}""", "7")]
    [InlineData("""{"nodeType":"literal","literalType":"Number","value":"7.5"}""", "7.5")]
    [InlineData("""{"nodeType":"literal","value":"x"}""", "\"x\"")]
    [InlineData("""{"nodeType":"fnApply","fnName":"stringCompare","params":[{"nodeType":"literal","literalType":"String","value":"contains"},NAME,{"nodeType":"literal","value":"x"},{"nodeType":"literal","value":false}]}""", "a.contains(\"x\", false)")]
    [InlineData("""{"nodeType":"fnApply","fnName":"exists","params":[NAME]}""", "a.exists()")]
    [InlineData("""{"nodeType":"fnApply","fnName":"modelInstances","params":[{"nodeType":"literal","value":"https://ns.example/context/experienceevent"}]}""", "xEvent")]
    [InlineData("""{"nodeType":"fnApply","function":{"nodeType":"fnCreate","params":[{"varName":"x"}],"body":{"nodeType":"varRef","varName":"x"}},"params":[NAME]}""", "let x = a in x")]
    [InlineData("""{"nodeType":"select","variables":[{"nodeType":"varDecl","varName":"x","range":NAME}]}""", "select x from a")]
    [InlineData("""{"nodeType":"set","variables":[NAME,{"nodeType":"varDecl","varName":"x","range":NAME},{"nodeType":"varRef","varName":"x"}]}""", "a and (exists x from a where x)")]
    [InlineData("""{"nodeType":"fnApply","fnName":"and","params":[NAME],"extra":1}""", "a")]
    [InlineData("""{"nodeType":"let","varName":"a","value":ROOT,"body":NAME}""", "let a = $1 in $1.a")]
    public void Convert_OfOtherSpellings_ReadsThem(string json, string expected)
    {
        PqlConversion result = PqlCompiler.Convert(Expand(json), PqlFormat.Json);
        Assert.Empty(result.Diagnostics);
        Assert.Equal(expected, result.Converted);
    }

    [Theory]
    [InlineData("""{"nodeType":"what"}""", "json.unknownNode")]
    [InlineData("{}", "json.missing")]
    [InlineData("""{"nodeType":"fnApply","fnName":"="}""", "json.missing")]
    [InlineData("""{"nodeType":"fnApply","fnName":"=","params":[]}""", "json.missing")]
    [InlineData("""{"nodeType":"literal","literalType":"Integer","value":"x"}""", "lex.badNumber")]
    [InlineData("""{"nodeType":"literal","literalType":"Odd","value":"x"}""", "json.unknownNode")]
    [InlineData("""{"nodeType":""", "json.invalid")]
    [InlineData("""{"nodeType":"literal","value":"\ud800"}""", "json.missing")]
    [InlineData("""{"nodeType":"quantification","quantifier":"most","variables":[]}""", "json.unknownNode")]
    public void Convert_OfWrongJson_Reports(string json, string code)
    {
        PqlConversion result = PqlCompiler.Convert(Expand(json), PqlFormat.Json);
        Assert.Null(result.Converted);
        Assert.Contains(result.Diagnostics, d => d.Code == code);
    }

    [Fact]
    public void CompileSegment_OfTextSaidToBeJson_ReadsTextAndWarns()
    {
        PqlCompilation compilation = PqlCompiler.CompileSegment("age > 3", PqlFormat.Json, SampleSchema.Declared);
        Assert.True(compilation.Succeeded);
        Assert.Equal(DiagnosticCodes.TextInJson, Assert.Single(compilation.Diagnostics).Code);
    }

    private static string Expand(string json) =>
        json.Replace("NAME", Name, StringComparison.Ordinal).Replace("ROOT", Root, StringComparison.Ordinal);
}
