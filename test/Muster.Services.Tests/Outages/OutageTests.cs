using System.Globalization;
using Muster.Services.Tests.Maintenance;
using Muster.Storage.Files;
using Muster.Storage.Maintenance;

namespace Muster.Services.Tests.Outages;

/// <summary>
/// Outages at every named step, as the folders that a kill and a power cut leave there: what was acknowledged is there afterwards, once,
/// and work goes on by itself.
/// </summary>
public sealed class OutageTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Outage_AtEachStep_LosesNothingThatWasAcknowledged()
    {
        IReadOnlyDictionary<StoreStep, int> times = await CountAsync();
        Assert.Empty(Enum.GetValues<StoreStep>().Except(times.Keys));
        var random = new Random(Seed());
        Dictionary<StoreStep, int> chosen = times.ToDictionary(t => t.Key, t => random.Next(1, t.Value + 1));
        await TakeAndCheckAsync((step, time) => chosen[step] == time, times);
    }

    [Fact]
    public async Task Outage_TenTimesAtEachStep_LosesNothingThatWasAcknowledged()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("MUSTER_LONG_TESTS") == "1", "Takes minutes: set MUSTER_LONG_TESTS=1.");
        IReadOnlyDictionary<StoreStep, int> times = await CountAsync();
        var random = new Random(Seed());
        var met = new Dictionary<StoreStep, List<int>>();
        // A step that comes fewer than ten times in a life is met in several lives.
        for (int life = 0; life < 10; life++)
        {
            Dictionary<StoreStep, int> chosen = times.ToDictionary(t => t.Key, t => random.Next(1, t.Value + 1));
            await TakeAndCheckAsync((step, time) => chosen[step] == time, times);
            foreach ((StoreStep step, int time) in chosen)
            {
                if (!met.TryGetValue(step, out List<int>? known)) met.Add(step, known = []);
                known.Add(time);
            }
        }

        output.WriteLine($"{"step",-20}{"reached in a life",18}{"kills",7}{"power cuts",12}  at the n-th time");
        foreach ((StoreStep step, List<int> known) in met.OrderBy(m => m.Key))
            output.WriteLine($"{step,-20}{times[step],18}{known.Count,7}{known.Count,12}  {string.Join(' ', known)}");
    }

    private static int Seed() =>
        Environment.GetEnvironmentVariable("MUSTER_TEST_SEED") is { Length: > 0 } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : 20;

    /// <summary>How often each step comes in a life.</summary>
    private static async Task<IReadOnlyDictionary<StoreStep, int>> CountAsync()
    {
        using var recorder = new OutageRecorder();
        await using Workbench bench = await Workbench.OpenAsync(recorder);
        await OutageLife.LiveAsync(bench, recorder);
        return recorder.Times.ToDictionary();
    }

    private async Task TakeAndCheckAsync(Func<StoreStep, int, bool> isChosen, IReadOnlyDictionary<StoreStep, int> times)
    {
        using var recorder = new OutageRecorder { IsChosen = isChosen };
        await using (Workbench bench = await Workbench.OpenAsync(recorder)) await OutageLife.LiveAsync(bench, recorder);
        output.WriteLine($"{"step",-20}{"times",7}{"taken",7}{"after",8}");
        foreach (OutageImage image in recorder.Images)
        {
            output.WriteLine($"{image.Step,-20}{times[image.Step],7}{image.Time,7}{(image.IsPowerCut ? "power" : "kill"),8}");
            try
            {
                await using Workbench again = await Workbench.AdoptAsync(image.Folder);
                await OutageLife.CheckAsync(again, image.Promised);
                StoreReport report = await StoreVerificationTests.VerifyAsync(again);
                Assert.Empty(report.Problems);
                Assert.Empty(report.Notes);
                await StoreDescription.AssertRebuiltIsEqualAsync(again);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"After {image}: {fault.Message}", fault);
            }
        }
    }
}
