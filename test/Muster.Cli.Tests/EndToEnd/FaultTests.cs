using System.Globalization;
using Muster.Cli.Commands;
using Muster.Cli.Tests.Commands;

namespace Muster.Cli.Tests.EndToEnd;

/// <summary>A real server that kills itself at every named step, one life after the other on one folder.</summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    // The most rounds of work that a client does until the server must have come to its step.
    private const int MostRounds = 12;

    [Fact]
    public Task Kill_OnceAtEachStep_LosesNothingThatWasAcknowledged() => KillAsync(1, [.. KillAtStep.Names]);

    [Fact]
    public Task Kill_TenTimesAtEachStep_LosesNothingThatWasAcknowledged()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("MUSTER_LONG_TESTS") == "1", "Takes minutes: set MUSTER_LONG_TESTS=1.");
        return KillAsync(10, [.. KillAtStep.Names]);
    }

    private async Task KillAsync(int rounds, string[] steps)
    {
        var random = new Random(20);
        var killed = new Dictionary<string, List<int>>();
        await using ServerProcess server = await ServerProcess.StartAsync();
        var life = new FaultLife(server);
        await life.BeginAsync();
        await server.KillAsync();
        for (int round = 0; round < rounds; round++)
            foreach (string step in steps)
            {
                int time = rounds == 1 ? 1 : random.Next(1, 4);
                if (!await LiveAsync(server, life, string.Create(CultureInfo.InvariantCulture, $"{step}:{time}"))) continue;
                if (!killed.TryGetValue(step, out List<int>? times)) killed.Add(step, times = []);
                times.Add(time);
            }

        await server.RestartAsync();
        await life.CheckAsync();
        Assert.Equal("Nothing is wrong.", (await Invocation.RunAsync("store", "verify", "--data", server.Folder)).Lines[^1]);
        Assert.Equal(0, await server.StopAsync());
        Assert.Equal(0, (await Invocation.RunAsync("store", "rebuild", "--data", server.Folder)).ExitCode);
        Assert.Equal("Nothing is wrong.", (await Invocation.RunAsync("store", "verify", "--data", server.Folder)).Lines[^1]);
        await server.RestartAsync();
        await life.CheckAsync();
        Assert.Equal(0, await server.StopAsync());
        output.WriteLine($"{"step",-20}{"killed",7}  at the n-th time");
        foreach ((string step, List<int> times) in killed) output.WriteLine($"{step,-20}{times.Count,7}  {string.Join(' ', times)}");
        output.WriteLine($"{life.Acknowledged} batches were acknowledged.");
        string[] missed = [.. steps.Where(s => killed.GetValueOrDefault(s)?.Count != rounds)];
        Assert.Empty(missed);
    }

    /// <summary>One life of the server: what is unfinished is taken up, then clients work until it dies.</summary>
    private static async Task<bool> LiveAsync(ServerProcess server, FaultLife life, string fault)
    {
        try
        {
            await server.RestartAsync(fault);
        }
        catch (InvalidOperationException) when (server.HasEnded)
        {
            // What it took up at its start came to the step already.
            return true;
        }

        if (await life.WorkUntilTheEndAsync(MostRounds)) return true;
        await server.KillAsync();
        return false;
    }
}
