using System.Text;
using Muster.Pql.Types;
using Muster.Storage.Lake;

namespace Muster.Storage.Tests.Lake;

public sealed class RecordMappingTests
{
    private static RecordMapping Parse(string json) => RecordMapping.Parse(Encoding.UTF8.GetBytes(json));

    [Fact]
    public void Parse_Mapping_IsRead()
    {
        RecordMapping mapping = Parse("""
            {
              "fields": [
                {"source": "Name", "target": "person.name.fullName"},
                {"source": "Born", "target": "person.birthDate", "type": "date", "format": "dd.MM.yyyy"},
                {"constant": 7, "target": "_acme.origin"}
              ],
              "identities": [{"source": "Name", "namespace": "CRM", "primary": true, "authenticatedState": "loggedOut"}]
            }
            """);

        Assert.Equal(
            [
                new MappedField("person.name.fullName", "Name", null, null, null),
                new MappedField("person.birthDate", "Born", null, DataType.Date, "dd.MM.yyyy"),
                new MappedField("_acme.origin", null, "7", null, null),
            ],
            mapping.Fields);
        Assert.Equal([new MappedIdentity("Name", "CRM", true, "loggedOut")], mapping.Identities);
        Assert.Equal(["Name", "Born"], mapping.Sources);
    }

    [Theory]
    [InlineData("{", "The mapping is not JSON (line 1, position 2).")]
    [InlineData("[]", "The mapping is not a JSON object.")]
    [InlineData("{}", "The mapping has neither fields nor identities.")]
    [InlineData("{\"field\":[]}", "The mapping has the key 'field'; known are fields, identities.")]
    [InlineData("{\"fields\":{}}", "'fields' of the mapping is not an array.")]
    [InlineData("{\"fields\":[1]}", "fields[0] is not a JSON object.")]
    [InlineData("{\"fields\":[{\"source\":\"a\"}]}", "fields[0] has no 'target'.")]
    [InlineData("{\"fields\":[{\"target\":\"a\"}]}", "fields[0] must have one of 'source', 'constant' and 'rowId'.")]
    [InlineData("{\"fields\":[{\"target\":\"a\",\"source\":\"\"}]}", "fields[0] has an empty 'source'.")]
    [InlineData("{\"fields\":[{\"target\":\"a\",\"source\":7}]}", "fields[0] has a 'source' that is not a text.")]
    [InlineData("{\"fields\":[{\"target\":\"a\",\"source\":\"b\",\"rowId\":\"\"}]}", "fields[0] must have one of 'source', 'constant' and 'rowId'.")]
    [InlineData("{\"fields\":[{\"target\":\"a\",\"constant\":{}}]}", "fields[0] has a 'constant' that is no text, number or boolean.")]
    [InlineData("{\"fields\":[{\"target\":\"a\",\"source\":\"b\",\"type\":\"int\"}]}",
        "fields[0] has the 'type' 'int'; it is one of string, integer, number, boolean, date, date-time.")]
    [InlineData("{\"fields\":[{\"target\":\"a\",\"source\":\"b\",\"format\":\"qq\"}]}", "fields[0] has the 'format' 'qq', which is no date format.")]
    [InlineData("{\"fields\":[{\"target\":\"a\",\"source\":\"b\",\"type\":\"string\",\"format\":\"yyyy\"}]}",
        "fields[0] has a 'format', which only a date or date-time can have.")]
    [InlineData("{\"fields\":[{\"target\":\"a.b\",\"source\":\"x\"},{\"target\":\"a\",\"source\":\"x\"}]}",
        "The target 'a' of the mapping is given twice or is part of another one.")]
    [InlineData("{\"fields\":[{\"target\":\"a\",\"source\":\"x\"},{\"target\":\"a.b\",\"source\":\"x\"}]}",
        "The target 'a.b' of the mapping does not go with another one.")]
    [InlineData("{\"fields\":[{\"target\":\"a\",\"source\":\"x\"},{\"target\":\"A\",\"source\":\"x\"}]}",
        "The target 'A' of the mapping differs from another one only in case.")]
    [InlineData("{\"fields\":[{\"target\":\"a..b\",\"source\":\"x\"}]}", "The target 'a..b' of the mapping has a name that no field can have.")]
    [InlineData("{\"fields\":[{\"target\":\"a[1]\",\"source\":\"x\"}]}", "The mapping leaves out elements of the array 'a'.")]
    [InlineData("{\"fields\":[{\"target\":\"a[x]\",\"source\":\"x\"}]}", "The target 'a[x]' of the mapping has an index that is no number from 0 to 999.")]
    [InlineData("{\"fields\":[{\"target\":\"a[\",\"source\":\"x\"}]}", "The target 'a[' of the mapping has an index that is no number from 0 to 999.")]
    [InlineData("{\"identities\":[{\"source\":\"a\"}]}", "identities[0] has no 'namespace'.")]
    [InlineData("{\"identities\":[{\"source\":\"a\",\"namespace\":\"b\",\"primary\":\"yes\"}]}", "identities[0] has a 'primary' that is neither true nor false.")]
    [InlineData("{\"identities\":[{\"source\":\"a\",\"namespace\":\"b\",\"primary\":true},{\"source\":\"a\",\"namespace\":\"c\",\"primary\":true}]}",
        "More than one identity of the mapping is primary.")]
    [InlineData("{\"fields\":[{\"target\":\"identityMap.a\",\"source\":\"x\"}],\"identities\":[{\"source\":\"a\",\"namespace\":\"b\"}]}",
        "The mapping has both 'identities' and fields of identityMap.")]
    public void Parse_NoMapping_SaysWhatIsWrong(string json, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => Parse(json)).Message);

    [Theory]
    [InlineData("yyyy-MM-dd", "2024-02-29", 1709164800L)]
    [InlineData("dd.MM.yyyy HH:mm", "29.02.2024 01:00", 1709168400L)]
    [InlineData("yyyy-MM-ddTHH:mm:sszzz", "2024-02-29T01:00:00+01:00", 1709164800L)]
    [InlineData("epoch-s", "1709164800", 1709164800L)]
    [InlineData("epoch-ms", "1709164800000", 1709164800L)]
    [InlineData("dd.MM.yyyy", "30.02.2024", null)]
    [InlineData("epoch-s", "99999999999999", null)]
    public void TryRead_Format_IsTheInstant(string format, string text, long? seconds)
    {
        Assert.True(DateFormat.IsUsable(format));
        Assert.Equal(seconds is not null, DateFormat.TryRead(text, format, out DateTime utc));
        if (seconds is not null) Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(seconds.Value).UtcDateTime, utc);
    }
}
