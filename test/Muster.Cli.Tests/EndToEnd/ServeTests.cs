using Muster.Cli.Http;

namespace Muster.Cli.Tests.EndToEnd;

/// <summary>How the process starts and ends.</summary>
public sealed class ServeTests
{
    [Fact]
    public async Task Serve_WithoutCredentials_ShowsTheSecretOnceAndNeverAgain()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(clientId: null, clientSecret: null);
        Assert.Contains(server.StartLines, line => line.Contains("client secret", StringComparison.Ordinal));
        Assert.Equal(0, await server.StopAsync());
        await server.RestartAsync();
        Assert.DoesNotContain(server.StartLines, line => line.Contains("client secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_NeedsNoLogin(string path)
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Address };
        using HttpResponseMessage answer = await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Definitions_AfterARestart_AreThere()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        string segment;
        using (MusterClient client = await server.LoginAsync())
            segment = await client.CreateSegmentAsync("Kept", "true", TestContext.Current.CancellationToken);
        await server.StopAsync();
        await server.RestartAsync();
        using MusterClient again = await server.LoginAsync();
        (await Answer.OfAsync(again, "GET", $"/data/core/ups/segment/definitions/{segment}")).Expect(200);
    }
}
