using Microsoft.EntityFrameworkCore;
using Muster.Services.Ingestion;
using Muster.Storage.ControlPlane;
using Muster.Storage.Files;

namespace Muster.Services.Tests.Outages;

/// <summary>
/// Outages while a batch is reverted, replaced or deleted with its dataset: afterwards it is either all there or all gone, and what was
/// acknowledged is done.
/// </summary>
public sealed class RemovalOutageTests
{
    private const int ImagesOfAStep = 1;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("revert")]
    [InlineData("replay")]
    [InlineData("delete")]
    public async Task Outage_WhileDataIsRemoved_AllOrNothing(string removal)
    {
        using var recorder = new Recorder();
        Batch old, successor;
        await using (Workbench bench = await Workbench.OpenAsync(recorder))
        {
            string dataset = await bench.DatasetAsync();
            await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("other@x.org"));
            old = await bench.IngestAsync(dataset, Workbench.Person("old@x.org"));
            successor = await bench.Batches.CreateAsync(bench.Scope,
                new NewBatch(dataset, "json", false, false, null, null, null) { Replay = new BatchReplay([old.Id], [], null) }, Stop);
            await bench.UploadAsync(successor, "a.json", Workbench.Person("new@x.org"));
            recorder.Root = bench.Folder.Root;
            await RemoveAsync(bench, recorder, removal, old, successor);
            recorder.Root = null;
        }

        Assert.NotEmpty(recorder.Images);
        foreach (Image image in recorder.Images)
        {
            await using Workbench again = await Workbench.AdoptAsync(image.Folder);
            string lane = "ingestion/" + again.Scope.SandboxId;
            await again.Lanes.WhenEndedAsync(lane, "revert/" + old.Id);
            await again.Lanes.WhenEndedAsync(lane, successor.Id);
            Assert.True(await IsConsistentAsync(again, removal, old, successor, image.IsPromised), $"After {image}.");
            Assert.NotNull(await again.ProfileAsync("other@x.org"));
        }
    }

    private static async Task RemoveAsync(Workbench bench, Recorder recorder, string removal, Batch old, Batch successor)
    {
        string lane = "ingestion/" + bench.Scope.SandboxId;
        switch (removal)
        {
            case "revert":
                await bench.Batches.RevertAsync(bench.Scope, old.Id, Stop);
                recorder.IsPromised = true;
                await bench.Lanes.WhenEndedAsync(lane, "revert/" + old.Id);
                break;
            case "replay":
                await bench.Batches.CompleteAsync(bench.Scope, successor.Id, Stop);
                recorder.IsPromised = true;
                await bench.Lanes.WhenEndedAsync(lane, successor.Id);
                break;
            default:
                await bench.Datasets.DeleteAsync(bench.Scope, old.DatasetId, null, Stop);
                break;
        }
    }

    private static async Task<bool> IsConsistentAsync(Workbench bench, string removal, Batch old, Batch successor, bool isPromised)
    {
        Dictionary<string, Batch> batches = await bench.QueryAsync(c => c.Batches.AsNoTracking().ToDictionaryAsync(b => b.Id, Stop));
        bool oldCounts = batches.GetValueOrDefault(old.Id)?.Status == BatchStatus.Success;
        bool newCounts = batches.GetValueOrDefault(successor.Id)?.Status == BatchStatus.Success;
        bool shown = await bench.ProfileAsync("old@x.org") is not null == oldCounts && await bench.ProfileAsync("new@x.org") is not null == newCounts;
        bool hasDataset = await bench.QueryAsync(c => c.Datasets.AnyAsync(d => d.Id == old.DatasetId, Stop));
        string lake = Path.GetDirectoryName(bench.Folder.Lake(bench.Scope.SandboxId, old.DatasetId, "x"))!;
        bool files = Directory.Exists(lake) && Directory.EnumerateFiles(lake, "*", SearchOption.AllDirectories).Any();
        return shown && files == (oldCounts || newCounts) && removal switch
        {
            "revert" => !newCounts && hasDataset && !(isPromised && oldCounts),
            "replay" => oldCounts != newCounts && hasDataset && !(isPromised && oldCounts),
            _ => hasDataset == oldCounts && hasDataset == batches.ContainsKey(successor.Id),
        };
    }

    private sealed record Image(StoreStep Step, bool IsPowerCut, bool IsPromised, string Folder);

    /// <summary>Takes images while it has a folder, at the first times that each step is reached.</summary>
    private sealed class Recorder : DiskRecorder
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<StoreStep, int> _times = [];

        public string? Root { get; set; }

        public bool IsPromised { get; set; }

        public List<Image> Images { get; } = [];

        public override void Reached(StoreStep step)
        {
            if (Root is not { } root) return;
            lock (_lock)
            {
                int times = _times[step] = _times.GetValueOrDefault(step) + 1;
                if (times > ImagesOfAStep) return;
                // What was promised before the image was begun must be in it.
                bool promised = IsPromised;
                Images.Add(new Image(step, false, promised, ImageOfKill(root)));
                Images.Add(new Image(step, true, promised, ImageOfPowerCut(root)));
            }
        }
    }
}
