using Muster.Storage;

namespace Muster.Server.Tests.Configuration;

public sealed class DataFolderLockTests
{
    [Fact]
    public async Task Build_FolderOfARunningServer_Refused()
    {
        await using var server = new ServerFixture();
        await server.StartAsync();
        Assert.Throws<DataFolderInUseException>(() => MusterServer.Build(new ServerOptions { DataFolder = server.Folder, Urls = ["http://127.0.0.1:0"] }));
        await server.StopAsync();
        await server.StartAsync();
        Assert.Equal(200, (await server.GetAsync("/data/core/ups/segment/jobs")).Status);
    }
}
