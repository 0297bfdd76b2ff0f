using System.Text.Json.Nodes;

namespace Muster.Server.Tests.Api;

public sealed class NamespaceTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Path = "/data/core/idnamespace/identities";
    private const string Rules = "/data/muster/identity/rules";

    [Fact]
    public async Task Namespace_ItsWholeLife_Follows()
    {
        Answer created = await server.PostAsync(Path, """{"name":"Loyalty Member","code":"Loyalty","idType":"Cross_device","description":"d","id":7,"custom":false}""");
        Assert.True(created.Status == 200, created.Text);
        long id = (long)created.Json["id"]!;
        Assert.True(id >= 10_000_000);
        Assert.Equal(("Loyalty", "CROSS_DEVICE", "Loyalty Member", "d", true, "ACTIVE", 1772366400000),
            ((string)created.Json["code"]!, (string)created.Json["idType"]!, (string)created.Json["name"]!, (string)created.Json["description"]!,
                (bool)created.Json["custom"]!, (string)created.Json["status"]!, (long)created.Json["createTime"]!));
        Assert.Equal(created.Text, (await server.GetAsync($"{Path}/{id}")).Text);

        Answer replaced = await PutAsync(id.ToString(System.Globalization.CultureInfo.InvariantCulture), """{"name":"n","code":"loyalty","idType":"cross_device"}""");
        Assert.Equal((200, "n", "d", "Loyalty"), (replaced.Status, (string)replaced.Json["name"]!, (string)replaced.Json["description"]!, (string)replaced.Json["code"]!));
        Assert.Equal(created.Json.AsObject().Select(f => f.Key), replaced.Json.AsObject().Select(f => f.Key));

        JsonArray all = (await server.GetAsync(Path)).Json.AsArray();
        Assert.Equal(["Loyalty"], all.Where(n => (long)n!["id"]! == id).Select(n => (string)n!["code"]!));
        Answer same = await server.GetAsync($"/data/core/idnamespace/orgs/{ServerFixture.Organization}/identities");
        Assert.Equal(all.Count, same.Json.AsArray().Count);
    }

    [Theory]
    [InlineData(0, "CORE", "COOKIE")]
    [InlineData(4, "ECID", "COOKIE")]
    [InlineData(6, "Email", "EMAIL")]
    [InlineData(7, "Phone", "PHONE")]
    [InlineData(411, "AdCloud", "COOKIE")]
    [InlineData(20914, "GAID", "DEVICE")]
    [InlineData(20915, "IDFA", "DEVICE")]
    public async Task Get_Standard_HasItsNumber(int id, string code, string type)
    {
        Answer answer = await server.GetAsync($"{Path}/{id}");
        Assert.Equal((200, code, type, false), (answer.Status, (string)answer.Json["code"]!, (string)answer.Json["idType"]!, (bool)answer.Json["custom"]!));
    }

    [Fact]
    public async Task List_Numbers_AreUniqueAndStandardOnesAreBelowTenMillion()
    {
        JsonArray all = (await server.GetAsync(Path)).Json.AsArray();
        Assert.True(all.Count >= 27);
        Assert.Equal(all.Count, all.Select(n => (long)n!["id"]!).Distinct().Count());
        Assert.All(all, n => Assert.Equal((bool)n!["custom"]!, (long)n["id"]! >= 10_000_000));
    }

    [Theory]
    [InlineData("""{"name":"n","code":"EMAIL","idType":"EMAIL"}""", 409, "namespace.exists")]
    [InlineData("""{"name":"n","code":"c"}""", 400, "request.missingField")]
    [InlineData("""{"code":"c","idType":"EMAIL"}""", 400, "request.missingField")]
    [InlineData("""{"name":"n","idType":"EMAIL"}""", 400, "request.missingField")]
    [InlineData("""{"name":"n","code":"c","idType":"B2B_ACCOUNT"}""", 400, "request.wrongValue")]
    [InlineData("""{"name":"n","code":"c ","idType":"EMAIL"}""", 400, "request.wrongValue")]
    [InlineData("""{"name":"n","code":"c\u0000","idType":"EMAIL"}""", 400, "request.wrongValue")]
    [InlineData("""{"name":1,"code":"c","idType":"EMAIL"}""", 400, "request.wrongType")]
    [InlineData("[]", 400, "request.body")]
    public async Task Create_WhatCannotBe_IsRefused(string body, int status, string code)
    {
        Answer answer = await server.PostAsync(Path, body);
        Assert.Equal((status, code, code), (answer.Status, answer.Headers["x-muster-error"], (string)answer.Json["report"]!["code"]!));
        Assert.Equal((status, "2026-03-01T12:00:00.000Z"), ((int)answer.Json["status"]!, (string)answer.Json["timestamp"]!));
    }

    [Fact]
    public async Task Create_CodeTwiceInAnotherCase_409()
    {
        Assert.Equal(200, (await server.PostAsync(Path, """{"name":"n","code":"Twice","idType":"DEVICE"}""")).Status);
        Assert.Equal(409, (await server.PostAsync(Path, """{"name":"n","code":"TWICE","idType":"DEVICE"}""")).Status);
    }

    [Theory]
    [InlineData("12", """{"name":"n"}""", 404, "namespace.unknown")]
    [InlineData("x", """{"name":"n"}""", 404, "namespace.unknown")]
    [InlineData("6", """{"name":"n"}""", 400, "namespace.standard")]
    public async Task Put_WhatCannotBe_IsRefused(string id, string body, int status, string code)
    {
        Answer answer = await PutAsync(id, body);
        Assert.Equal((status, code), (answer.Status, answer.Headers["x-muster-error"]));
    }

    [Fact]
    public async Task Put_OtherCodeOrType_IsRefused()
    {
        string id = (await server.PostAsync(Path, """{"name":"n","code":"Fixed","idType":"PHONE"}""")).Json["id"]!.ToString();
        foreach (string body in (string[])["""{"name":"n","code":"Other"}""", """{"name":"n","idType":"EMAIL"}"""])
            Assert.Equal("namespace.immutable", (await PutAsync(id, body)).Headers["x-muster-error"]);
    }

    [Fact]
    public async Task OtherOrganization_Listed_403()
    {
        Answer answer = await server.GetAsync("/data/core/idnamespace/orgs/OTHER@AdobeOrg/identities");
        Assert.Equal((403, "namespace.organization"), (answer.Status, answer.Headers["x-muster-error"]));
        Assert.Equal(404, (await server.GetAsync(Path + "/5")).Status);
    }

    [Fact]
    public async Task Rules_Put_AreKeptInTheSpellingOfTheNamespaces()
    {
        await server.PostAsync(Path, """{"name":"n","code":"CRMID","idType":"CROSS_DEVICE"}""");
        Answer put = await server.SendAsync(HttpMethod.Put, Rules, """{"uniqueNamespaces":["crmid"],"priority":["crmid","email","IDFA","ecid"]}""");
        Assert.True(put.Status == 200, put.Text);
        Assert.Equal("""{"uniqueNamespaces":["CRMID"],"priority":["CRMID","Email","IDFA","ECID"]}""", put.Text);
        Assert.Equal(put.Text, (await server.GetAsync(Rules)).Text);
        Answer none = await server.SendAsync(HttpMethod.Put, Rules, "{}");
        Assert.Equal("""{"uniqueNamespaces":[],"priority":[]}""", none.Text);
    }

    [Theory]
    [InlineData("""{"priority":["ECID","Email"]}""", "linking.priority")]
    [InlineData("""{"priority":["IDFA","Phone"]}""", "linking.priority")]
    [InlineData("""{"priority":["Nowhere"]}""", "linking.namespace")]
    [InlineData("""{"uniqueNamespaces":["Nowhere"]}""", "linking.namespace")]
    [InlineData("""{"uniqueNamespaces":["b2b_account"]}""", "request.wrongValue")]
    [InlineData("""{"priority":["Email","EMAIL"]}""", "request.wrongValue")]
    [InlineData("""{"priority":"Email"}""", "request.wrongType")]
    public async Task Rules_WhatCannotBe_IsRefused(string body, string code)
    {
        Answer answer = await server.SendAsync(HttpMethod.Put, Rules, body);
        Assert.Equal((400, code), (answer.Status, answer.Headers["x-muster-error"]));
    }

    private Task<Answer> PutAsync(string id, string body) => server.SendAsync(HttpMethod.Put, $"{Path}/{id}", body);
}
