using System.Text.Json.Nodes;

namespace Muster.Server.Tests.Api;

public sealed class LoginTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Good = "grant_type=client_credentials&client_id=test-client&client_secret=test-secret-1";

    [Theory]
    [InlineData("/ims/token/v3", Good + "&scope=openid,session")]
    [InlineData("/ims/token/v3", Good + "&scope=openid+session")]
    [InlineData("/ims/token/v3?client_id=test-client", "grant_type=client_credentials&client_secret=test-secret-1")]
    [InlineData("/ims/token/v3?" + Good, "")]
    [InlineData("/ims/token/v2?" + Good, null)]
    public async Task LogIn_EveryVariant_Token(string path, string? form)
    {
        Answer answer = await server.SendAsync(HttpMethod.Post, path, form, "application/x-www-form-urlencoded");
        Assert.Equal(200, answer.Status);
        JsonObject body = answer.Json.AsObject();
        Assert.Equal(["access_token", "token_type", "expires_in"], body.Select(f => f.Key));
        Assert.Equal("bearer", (string)body["token_type"]!);
        Assert.Equal(86399, (int)body["expires_in"]!);
    }

    [Theory]
    [InlineData("grant_type=client_credentials&client_id=test-client&client_secret=wrong", 401, "invalid_client")]
    [InlineData("grant_type=client_credentials&client_id=nobody&client_secret=wrong", 401, "invalid_client")]
    [InlineData("grant_type=client_credentials&client_id=test-client", 400, "invalid_request")]
    [InlineData("grant_type=client_credentials&client_secret=x", 400, "invalid_request")]
    [InlineData("client_id=test-client&client_secret=test-secret-1", 400, "invalid_request")]
    [InlineData("grant_type=password&client_id=a&client_secret=b", 400, "unsupported_grant_type")]
    public async Task LogIn_Wrong_OAuthError(string form, int status, string error)
    {
        Answer answer = await server.SendAsync(HttpMethod.Post, "/ims/token/v3", form, "application/x-www-form-urlencoded");
        Assert.Equal(status, answer.Status);
        Assert.Equal(error, (string)answer.Json["error"]!);
        Assert.Equal(["error", "error_description"], answer.Json.AsObject().Select(f => f.Key));
    }
}
