namespace Muster.Cli.Tests.EndToEnd;

/// <summary>One server process for the tests of a class; each test takes a sandbox or names of its own.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    public ServerProcess Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await ServerProcess.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
