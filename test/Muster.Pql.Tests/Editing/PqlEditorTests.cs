using CsCheck;
using Muster.Pql.Diagnostics;
using Muster.Pql.Editing;
using Muster.Pql.Types;

namespace Muster.Pql.Tests.Editing;

public sealed class PqlEditorTests
{
    private static readonly PqlEditor Editor = new(
        new ProfileSchema(DataType.ObjectOf(
            ("homeAddress", DataType.ObjectOf(("city", DataType.String), ("zip", DataType.Integer))), ("next", DataType.Integer), ("tags", DataType.ArrayOf(DataType.String)),
            ("identityMap", DataType.MapOf(DataType.ArrayOf(DataType.ObjectOf(("id", DataType.String))))),
            ("xEvent", DataType.ArrayOf(DataType.ObjectOf(("timestamp", DataType.Timestamp), ("eventType", DataType.String),
                ("lines", DataType.ArrayOf(DataType.ObjectOf(("sku", DataType.String)))))))), isOpen: false),
        new EditorNames(["email", "ecid"], [("seg-1", "Buyers")]));

    /// <summary>The bar is where somebody writes.</summary>
    [Theory]
    [InlineData("|", "homeAddress next xEvent count and exists")]
    [InlineData("ho|", "homeAddress")]
    [InlineData("homeAddress.|", "city zip isNull")]
    [InlineData("homeAddress.c|", "city")]
    [InlineData("homeAddress.city.|", "startsWith length equals isNull")]
    [InlineData("tags.|", "count includes exists")]
    [InlineData("xEvent[|", "eventType timestamp homeAddress")]
    [InlineData("xEvent[lines.exists(sk|", "sku")]
    [InlineData("xEvent[eventType = \"a\"].|", "eventType count exists")]
    [InlineData("xEvent.exists(ev|", "eventType")]
    [InlineData("exists E from xEvent where E.|", "eventType lines")]
    [InlineData("exists E from xEvent where E|", "E")]
    [InlineData("CHAIN(xEvent, timestamp, [A: WHAT(ev|", "eventType")]
    [InlineData("identityMap.get(\"|", "email ecid")]
    [InlineData("identityMap.|", "email ecid get")]
    [InlineData("inSegment(\"|", "seg-1")]
    [InlineData("$1.home|", "homeAddress")]
    [InlineData("ne|", "next")]
    public void Completions_AtPosition_HaveWhatFits(string text, string expected)
    {
        int position = text.IndexOf('|', StringComparison.Ordinal);
        string[] found = Editor.Completions(text.Remove(position, 1), position).Select(c => c.Text.Trim('`')).ToArray();
        Assert.All(expected.Split(' '), wanted => Assert.Contains(wanted, found));
    }

    [Theory]
    [InlineData("homeAddress.c|", "zip")]
    [InlineData("homeAddress.city.|", "sum")]
    [InlineData("tags.|", "startsWith")]
    [InlineData("homeAddress.|", "next")]
    public void Completions_AtPosition_HaveNothingElse(string text, string unexpected)
    {
        int position = text.IndexOf('|', StringComparison.Ordinal);
        Assert.DoesNotContain(unexpected, Editor.Completions(text.Remove(position, 1), position).Select(c => c.Text));
    }

    [Fact]
    public void Completions_OfTypedName_ReplaceIt() => Assert.Equal(new TextSpan(12, 2), Assert.Single(Editor.Completions("homeAddress.ci", 14)).Replaces);

    [Theory]
    [InlineData("home|Address.city = \"a\"", "`homeAddress`: Object{city: String, zip: Integer}")]
    [InlineData("homeAddress.ci|ty = \"a\"", "`city`: String")]
    [InlineData("xEvent.exists(event|Type = \"a\")", "`eventType`: String")]
    [InlineData("exists E from xEvent where |E.eventType = \"a\"", "`E`: Object{timestamp: Timestamp, eventType: String, lines: Array<Object{sku: String}>}")]
    [InlineData("tags.cou|nt() > 1", "`Array<T>.count() -> Integer`\n\nThe number of elements that are not null. Of null: 0.")]
    [InlineData("tags.count() > 1 a|nd true", "`and`: a word of the language")]
    [InlineData("tags.count() |> 1", null)]
    public void HoverAt_Position_SaysWhatItIs(string text, string? expected)
    {
        int position = text.IndexOf('|', StringComparison.Ordinal);
        Assert.Equal(expected, Editor.HoverAt(text.Remove(position, 1), position)?.Text);
    }

    [Theory]
    [InlineData("homeAddress.city.startsWith(|", "String.startsWith(String [, caseSensitive]) -> Boolean", 0)]
    [InlineData("homeAddress.city.startsWith(\"a\", |", "String.startsWith(String [, caseSensitive]) -> Boolean", 1)]
    [InlineData("if(tags.count() > 1, [1, 2].sum(|", "Array<T>.sum([expression]) -> number", 0)]
    [InlineData("if(tags.count() > 1, [1, 2], |", "if(Boolean, T, T) -> T", 2)]
    [InlineData("(1 + |", null, 0)]
    public void SignatureAt_Position_NamesCallAndArgument(string text, string? signature, int argument)
    {
        int position = text.IndexOf('|', StringComparison.Ordinal);
        SignatureHelp? found = PqlEditor.SignatureAt(text.Remove(position, 1), position);
        Assert.Equal(signature, found?.Signature);
        if (found is not null) Assert.Equal(argument, found.Argument);
    }

    [Fact]
    public void SemanticTokens_OfQuery_AreItsPieces()
    {
        const string Text = "exists E from xEvent where E.count = 3 and startsWith(city, \"a\")";
        Assert.Equal(
            "Keyword Variable Keyword Field Keyword Variable Operator Field Operator Number Keyword Function Operator Field Operator Text Operator",
            string.Join(' ', Editor.SemanticTokens(Text).Select(token => token.Kind)));
    }

    [Theory]
    [InlineData("tags . count( )>1", "tags.count() > 1")]
    [InlineData("tags.count( > 1", "tags.count( > 1")]
    public void Format_OfText_IsCanonicalOrAsItWas(string text, string expected) => Assert.Equal(expected, PqlEditor.Format(text));

    /// <summary>Whatever is written, nothing throws.</summary>
    [Fact]
    public void Services_OfAnyText_DoNotThrow() =>
        Gen.Select(Gen.OneOf(Gen.String[Gen.Char["ab.(),[]\"'`^$1 <=>:\ud800"], 0, 30], Gen.String), Gen.Int[-2, 40]).Sample((text, position) =>
        {
            Editor.Completions(text, position);
            Editor.HoverAt(text, position);
            PqlEditor.SignatureAt(text, position);
            Editor.SemanticTokens(text);
            PqlEditor.Format(text);
        }, iter: 3000);
}
