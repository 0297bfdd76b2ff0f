using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Muster.Cli.Http;
using Muster.Cli.Tests.Commands;

namespace Muster.Cli.Tests.EndToEnd;

/// <summary>A real server on a real disk that is full, where the machine lets a test make a small one.</summary>
public sealed class DiskFullTests
{
    private const int EventsEach = 4_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serve_DiskFull_SaysSoLosesNothingAndGoesOnWhenThereIsRoom()
    {
        string? mounted = null;
        try
        {
            await using ServerProcess server = await ServerProcess.StartAsync(prepare: folder =>
            {
                Directory.CreateDirectory(folder);
                if (Run("mount", "-t", "tmpfs", "-o", "size=12m", "muster-test", folder)) mounted = folder;
            });
            Assert.SkipUnless(mounted is not null, "Only who may mount can make a small disk.");
            using MusterClient client = await server.LoginAsync();
            string events = await client.CreateEventDatasetAsync("Events", Stop);
            var acknowledged = new List<string>();
            Refusal refused = default;
            for (int round = 0; round < 60 && refused.Status == 0; round++) refused = await SendAsync(client, events, round, acknowledged);
            Assert.Equal(507, refused.Status);
            Assert.Contains("full", refused.Message, StringComparison.Ordinal);

            Assert.True(Run("mount", "-o", "remount,size=400m", mounted!));
            foreach (string batch in acknowledged)
            {
                JsonNode state = await client.WaitForBatchAsync(batch, TimeProvider.System, Stop);
                Assert.True((string?)state["status"] == "success", state.ToJsonString());
            }

            string all = await client.CreateSegmentAsync("All", string.Create(CultureInfo.InvariantCulture, $"xEvent.count() = {acknowledged.Count}"), Stop);
            JsonNode job = await client.WaitForJobAsync(await client.StartJobAsync([all], Stop), TimeProvider.System, Stop);
            Assert.Equal(EventsEach, (long)job["metrics"]!["segmentedProfileCounter"]![all]!);
            Assert.Equal(0, await server.StopAsync());
            Invocation verified = await Invocation.RunAsync("store", "verify", "--data", server.Folder);
            Assert.True(verified.ExitCode == 0, verified.Output);
        }
        finally
        {
            if (mounted is not null) Run("umount", "-l", mounted);
        }
    }

    private readonly record struct Refusal(int Status, string Message);

    private static async Task<Refusal> SendAsync(MusterClient client, string dataset, int round, List<string> acknowledged)
    {
        var lines = new StringBuilder();
        for (int person = 0; person < EventsEach; person++)
            lines.Append(CultureInfo.InvariantCulture,
                $$$"""{"_id":"e{{{round}}}-{{{person}}}","timestamp":"2025-01-01T10:00:00Z","identityMap":{"CRMID":[{"id":"C{{{person}}}","primary":true}]}}""").Append('\n');
        try
        {
            string batch = await client.CreateBatchAsync(dataset, Stop);
            using (var content = new MemoryStream(Encoding.UTF8.GetBytes(lines.ToString()))) await client.UploadAsync(batch, dataset, "events.json", content, Stop);
            await client.CompleteBatchAsync(batch, Stop);
            acknowledged.Add(batch);
            return default;
        }
        catch (ApiRefusedException refusal)
        {
            return new Refusal((int)refusal.Status, refusal.Reason);
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
