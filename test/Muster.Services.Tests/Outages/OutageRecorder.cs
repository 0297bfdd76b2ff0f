using System.Collections.Concurrent;
using Muster.Storage.Files;

namespace Muster.Services.Tests.Outages;

/// <summary>Counts the steps of a life, and takes the images of an outage at the chosen ones.</summary>
internal sealed class OutageRecorder : DiskRecorder
{
    private readonly ConcurrentDictionary<StoreStep, int> _reached = new();
    private readonly ConcurrentQueue<OutageImage> _images = new();

    /// <summary>Whether the n-th coming to a step (from 1) gets images.</summary>
    public Func<StoreStep, int, bool> IsChosen { get; init; } = (_, _) => false;

    /// <summary>The data folder; set once it is known.</summary>
    public string Root { get; set; } = "";

    /// <summary>What clients were promised up to now.</summary>
    public OutageLedger Ledger { get; set; } = OutageLedger.Empty;

    public IReadOnlyDictionary<StoreStep, int> Times => _reached;

    public IReadOnlyCollection<OutageImage> Images => _images;

    public override void Reached(StoreStep step)
    {
        int time = _reached.AddOrUpdate(step, 1, (_, before) => before + 1);
        if (!IsChosen(step, time)) return;
        // What was promised before the image was begun must be in it; what is promised while it is made may be.
        OutageLedger promised = Ledger;
        _images.Enqueue(new OutageImage(step, time, IsPowerCut: false, ImageOfKill(Root), promised));
        _images.Enqueue(new OutageImage(step, time, IsPowerCut: true, ImageOfPowerCut(Root), promised));
    }
}

/// <summary>The data folder that an outage left.</summary>
internal sealed record OutageImage(StoreStep Step, int Time, bool IsPowerCut, string Folder, OutageLedger Promised)
{
    public override string ToString() => $"{Step} time {Time}, {(IsPowerCut ? "power cut" : "kill")}";
}
