using Muster.Server.Configuration;

namespace Muster.Server.Tests.Configuration;

public sealed class DataFolderLockTests
{
    [Fact]
    public void Take_FolderInUse_SaysSoUntilLetGo()
    {
        string folder = Directory.CreateTempSubdirectory("muster-lock-").FullName;
        using (DataFolderLock.Take(folder))
        {
            IOException refusal = Assert.Throws<IOException>(() => DataFolderLock.Take(folder));
            Assert.Contains("Another server uses", refusal.Message, StringComparison.Ordinal);
        }

        using (DataFolderLock.Take(folder)) Assert.True(Directory.Exists(folder));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Build_FolderOfARunningServer_Refused()
    {
        await using var server = new ServerFixture();
        await server.StartAsync();
        Assert.Throws<IOException>(() => MusterServer.Build(new ServerOptions { DataFolder = server.Folder, Urls = ["http://127.0.0.1:0"] }));
        await server.StopAsync();
        await server.StartAsync();
        Assert.Equal(200, (await server.GetAsync("/data/core/ups/segment/jobs")).Status);
    }
}
