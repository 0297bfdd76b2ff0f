namespace Muster.Storage.Profiles;

/// <summary>Where the blocks of a run are. Whole profiles only: a profile with more events than a block may have is alone in one.</summary>
/// <param name="First">The place of its first profile.</param>
/// <param name="Profiles">How many profiles, at least one.</param>
/// <param name="Events">How many events all of them have.</param>
internal readonly record struct BlockLayout(int First, int Profiles, long Events)
{
    /// <summary>The most profiles of a block.</summary>
    public const int MaxProfiles = 65_536;

    /// <summary>The most events of a block of several profiles: what bounds the memory of a scan.</summary>
    public const int MaxEvents = 1_048_576;

    /// <summary>Cuts a run into blocks.</summary>
    /// <param name="events">The number of events by place.</param>
    public static List<BlockLayout> Cut(ReadOnlySpan<int> events)
    {
        var blocks = new List<BlockLayout>();
        int first = 0;
        long sum = 0;
        for (int place = 0; place < events.Length; place++)
        {
            if (place > first && (place - first == MaxProfiles || sum + events[place] > MaxEvents))
            {
                blocks.Add(new BlockLayout(first, place - first, sum));
                (first, sum) = (place, 0);
            }
            sum += events[place];
        }
        if (first < events.Length) blocks.Add(new BlockLayout(first, events.Length - first, sum));
        return blocks;
    }
}
