using System.Text.Json.Nodes;
using Muster.Cli.Http;
using Muster.Cli.Tests.Commands;

namespace Muster.Cli.Tests.EndToEnd;

/// <summary><c>muster store</c> in this process, on the folder of a server in another.</summary>
public sealed class StoreCommandTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Store_BesideAServer_LooksAndCopiesAndRefusesTheRest()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        string segment = await FillAsync(server);
        string place = Directory.CreateTempSubdirectory("muster-store-").FullName;
        string backup = Path.Combine(place, "backup.tar"), restored = Path.Combine(place, "restored");

        Invocation verified = await Invocation.RunAsync("store", "verify", "--data", server.Folder);
        Assert.True(verified.ExitCode == 0, verified.Output + verified.Error);
        Assert.True((bool)JsonNode.Parse((await Invocation.RunAsync("store", "verify", "--json", "--data", server.Folder)).Output)!["isClean"]!);
        JsonNode info = JsonNode.Parse((await Invocation.RunAsync("store", "info", "--json", "--data", server.Folder)).Output)!;
        Assert.Equal(2, (long)info["sandboxes"]![0]!["views"]![0]!["profiles"]!);
        Assert.True((long)info["process"]!["residentBytes"]! > 1_000_000);
        Assert.Contains("profiles that count", (await Invocation.RunAsync("store", "info", "--data", server.Folder)).Output, StringComparison.Ordinal);
        foreach (string work in (string[])["rebuild", "compact"])
        {
            Invocation refused = await Invocation.RunAsync("store", work, "--data", server.Folder);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("in use by another process", refused.Error, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await Invocation.RunAsync("store", "backup", backup, "--data", server.Folder)).ExitCode);
        Assert.Equal(1, (await Invocation.RunAsync("store", "backup", backup, "--data", server.Folder)).ExitCode);
        Assert.Equal(1, (await Invocation.RunAsync("store", "restore", backup, "--data", server.Folder)).ExitCode);
        Assert.Equal(0, (await Invocation.RunAsync("store", "restore", backup, "--data", restored)).ExitCode);
        await server.KillAsync();
        Directory.Delete(server.Folder, recursive: true);
        Directory.Move(restored, server.Folder);
        await server.RestartAsync();

        using (MusterClient client = await server.LoginAsync())
        {
            JsonNode profile = await client.GetProfileAsync("CRMID", "A", Stop);
            Assert.Contains(segment, profile.ToJsonString(), StringComparison.Ordinal);
        }

        Assert.Equal(0, await server.StopAsync());
        Assert.Equal(0, (await Invocation.RunAsync("store", "rebuild", "--data", server.Folder)).ExitCode);
        Assert.Equal(0, (await Invocation.RunAsync("store", "compact", "--data", server.Folder)).ExitCode);
        Assert.Equal(0, (await Invocation.RunAsync("store", "verify", "--data", server.Folder)).ExitCode);
        Directory.Delete(place, recursive: true);
    }

    [Fact]
    public async Task Serve_FolderThatCannotBeUsed_SaysWhy()
    {
        Invocation unwritable = await Invocation.RunAsync("serve", "--data", "/proc/muster", "--urls", "http://127.0.0.1:0");
        Assert.Equal(1, unwritable.ExitCode);
        Assert.Contains("/proc/muster", unwritable.Error, StringComparison.Ordinal);

        string folder = Directory.CreateTempSubdirectory("muster-bad-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "control.db"), "this is no database, but text that somebody put here", Stop);
        Invocation damaged = await Invocation.RunAsync("serve", "--data", folder, "--urls", "http://127.0.0.1:0");
        Assert.Equal(1, damaged.ExitCode);
        Assert.Contains("is damaged", damaged.Error, StringComparison.Ordinal);
        Assert.Contains("muster store restore", damaged.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await Invocation.RunAsync("store", "verify", "--data", folder)).ExitCode);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Serve_WrongFault_IsWrongUsage()
    {
        Assert.Contains("commit-inside", string.Join(' ', Cli.Commands.KillAtStep.Names), StringComparison.Ordinal);
        Cli.Commands.CommandFailedException refused = Assert.Throws<Cli.Commands.CommandFailedException>(() => Cli.Commands.KillAtStep.Parse("nowhere:2"));
        Assert.Contains("commit-before", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await Invocation.RunAsync("store", "--help")).ExitCode);
    }

    private static async Task<string> FillAsync(ServerProcess server)
    {
        using MusterClient client = await server.LoginAsync();
        string events = await client.CreateEventDatasetAsync("Events", Stop);
        await client.SendAndSucceedAsync(events, """
            {"_id":"1","timestamp":"2025-01-01T10:00:00Z","identityMap":{"CRMID":[{"id":"A","primary":true}]}}
            {"_id":"2","timestamp":"2025-01-01T10:00:00Z","identityMap":{"CRMID":[{"id":"B","primary":true}]}}
            """);
        string segment = await client.CreateSegmentAsync("All", "xEvent.count() >= 1", Stop);
        JsonNode job = await client.WaitForJobAsync(await client.StartJobAsync([segment], Stop), TimeProvider.System, Stop);
        Assert.Equal("SUCCEEDED", (string?)job["status"]);
        return segment;
    }
}
