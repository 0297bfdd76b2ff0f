namespace Muster.Server.Tests.Authentication;

public sealed class GatewayTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Path = "/data/core/ups/config/mergePolicies";

    [Theory]
    [InlineData("Authorization", null, 403, "403010", "Oauth token is missing.")]
    [InlineData("Authorization", "Bearer nonsense", 401, "401013", "Oauth token is not valid")]
    [InlineData("Authorization", "Basic dXNlcjpwYXNz", 401, "401013", "Oauth token is not valid")]
    [InlineData("Authorization", "Bearer ", 401, "401013", "Oauth token is not valid")]
    [InlineData("x-api-key", null, 403, "403000", "Api Key is required")]
    [InlineData("x-api-key", "stranger", 403, "403003", "Api Key is invalid")]
    [InlineData("x-gw-ims-org-id", null, 400, "400003", "Missing header")]
    [InlineData("x-gw-ims-org-id", "TEST", 403, "403027", "User region is missing")]
    [InlineData("x-gw-ims-org-id", "OTHER@AdobeOrg", 403, "403025", "Profile is not valid")]
    [InlineData("x-sandbox-name", null, 400, "400003", "Missing header: x-sandbox-name")]
    [InlineData("x-sandbox-name", "nowhere", 403, "403028", "Sandbox is not valid")]
    public async Task AnyCall_HeaderWrong_GatewayError(string header, string? value, int status, string code, string message)
    {
        Answer answer = await server.SendAsync(HttpMethod.Get, Path, headers: (header, value));
        Assert.Equal(status, answer.Status);
        Assert.Equal($$"""{"error_code":"{{code}}","message":"{{message}}"}""", answer.Text);
    }

    [Fact]
    public async Task AnyCall_RequestIdGiven_IsEchoedInTheError()
    {
        Answer answer = await server.SendAsync(
            HttpMethod.Get, "/data/core/ups/segment/jobs/00000000-0000-0000-0000-000000000000", headers: ("x-request-id", "trace-7"));
        Assert.Equal(404, answer.Status);
        Assert.Equal("trace-7", (string)answer.Json["requestId"]!);
    }

    [Fact]
    public async Task AnyCall_SchemeInLowerCase_Accepted()
    {
        Answer answer = await server.SendAsync(HttpMethod.Get, Path, headers: ("Authorization", "bearer " + await server.LogInAsync()));
        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task AnyCall_TokenOfAnotherKey_Refused()
    {
        string[] parts = (await server.LogInAsync()).Split('.');
        parts[2] = new string('A', parts[2].Length);
        Answer answer = await server.SendAsync(HttpMethod.Get, Path, headers: ("Authorization", "Bearer " + string.Join('.', parts)));
        Assert.Equal(401, answer.Status);
    }

    [Fact]
    public async Task UnknownPath_LoggedIn_EnvelopeOfItsFamily()
    {
        Answer ups = await server.GetAsync("/data/core/ups/nothing");
        Assert.Equal(404, ups.Status);
        Assert.Equal(
            """{"requestId":"r1","type":"https://ns.adobe.com/aep/errors/UPAPI-100404-404","title":"There is nothing at GET /data/core/ups/nothing.","status":404,"errors":{"404":[{"code":"request.unknownPath","message":"There is nothing at GET /data/core/ups/nothing."}]}}""",
            ups.Text);
        Answer catalog = await server.GetAsync("/data/foundation/catalog/nothing");
        Assert.Equal(
            """{"type":"/placeholder/type/uri","status":404,"title":"NotFoundError","detail":"There is nothing at GET /data/foundation/catalog/nothing."}""", catalog.Text);
        Assert.Equal("request.unknownPath", catalog.Headers["x-muster-error"]);
    }

    [Fact]
    public async Task Health_WithoutLogin_Answers()
    {
        using var client = new HttpClient { BaseAddress = server.Client.BaseAddress };
        Assert.Equal("""{"status":"live"}""", await client.GetStringAsync("/health/live", TestContext.Current.CancellationToken));
        Assert.Equal("""{"status":"ready"}""", await client.GetStringAsync("/health/ready", TestContext.Current.CancellationToken));
    }
}
