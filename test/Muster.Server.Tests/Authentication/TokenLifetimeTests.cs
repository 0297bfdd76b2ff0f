namespace Muster.Server.Tests.Authentication;

public sealed class TokenLifetimeTests
{
    [Fact]
    public async Task Token_AfterADayOrARestart_ExpiresOnlyByTime()
    {
        await using var server = new ServerFixture();
        await server.StartAsync();
        string token = await server.LogInAsync();
        await server.StopAsync();
        await server.StartAsync();
        (string, string?) header = ("Authorization", "Bearer " + token);

        server.Time.Advance(TimeSpan.FromHours(23.9));
        Answer before = await server.SendAsync(HttpMethod.Get, "/data/foundation/sandbox-management/sandboxes", headers: header);
        server.Time.Advance(TimeSpan.FromHours(0.2));
        Answer after = await server.SendAsync(HttpMethod.Get, "/data/foundation/sandbox-management/sandboxes", headers: header);

        Assert.Equal(200, before.Status);
        Assert.Equal(401, after.Status);
    }
}
