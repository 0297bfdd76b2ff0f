using System.Text.Json.Nodes;
using Muster.Services.Catalog;

namespace Muster.Services.Tests.Catalog;

public sealed class PropertyFilterTests
{
    [Theory]
    [InlineData("name", true)]
    [InlineData("!name", false)]
    [InlineData("missing", false)]
    [InlineData("!missing", true)]
    [InlineData("name==abc", true)]
    [InlineData("name==a*", true)]
    [InlineData("name==a**", false)]
    [InlineData("name!=abc", false)]
    [InlineData("missing!=abc", true)]
    [InlineData("name~^a.c$", true)]
    [InlineData("created<11", true)]
    [InlineData("created<=9", false)]
    [InlineData("created>9", true)]
    [InlineData("created>=10", true)]
    [InlineData("version>1.0.9", true)]
    [InlineData("missing>1", false)]
    public void Matches_Expression_AsDocumented(string expression, bool expected)
    {
        var document = new JsonObject { ["name"] = "abc", ["created"] = 10, ["version"] = "1.0.10" };
        Assert.Equal(expected, PropertyFilter.Parse(expression).Matches(document));
    }

    [Theory]
    [InlineData("")]
    [InlineData("!")]
    [InlineData("name~[")]
    [InlineData("name~(?=a)")]
    public void Parse_NoExpression_Refused(string expression) => Assert.Throws<RequestRefusedException>(() => PropertyFilter.Parse(expression));
}
