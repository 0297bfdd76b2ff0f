using System.Globalization;
using Muster.Engine.Columns;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Tests.Maintenance;

/// <summary>
/// All that a store says of people, a line a fact: by view each profile with its ordinal, identities, merged record, events and memberships. Physical
/// order and names of files do not show.
/// </summary>
internal static class StoreDescription
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Describes the store of the bench's sandbox.</summary>
    public static async Task<string[]> OfAsync(Workbench bench)
    {
        SandboxStore store = await bench.Stores.GetAsync(bench.Scope.SandboxId);
        await using SandboxSnapshot snapshot = store.TakeSnapshot();
        var lines = new List<string>();
        foreach (ProfileView view in snapshot.Manifest.Profiles.Views.OrderBy(v => v.Method.Key, StringComparer.Ordinal))
            foreach (long ordinal in await AliveAsync(snapshot, view.Method)) lines.Add(await DescribeAsync(snapshot, view.Method, ordinal));
        return [.. lines];
    }

    /// <summary>Makes everything derived anew while the services run, and holds that the store says the same afterwards.</summary>
    public static async Task AssertRebuiltIsEqualAsync(Workbench bench)
    {
        string[] before = await OfAsync(bench);
        await (await bench.Stores.GetAsync(bench.Scope.SandboxId)).RebuildAsync(null, Stop);
        Assert.Equal(before, await OfAsync(bench));
    }

    private static async Task<string> DescribeAsync(SandboxSnapshot snapshot, MergeMethod method, long ordinal)
    {
        StoreManifest manifest = snapshot.Manifest.Profiles;
        ProfileDocument profile = (await snapshot.Profiles.ReadProfileAsync(manifest, method, ordinal, Stop))!;
        IReadOnlyList<ProfileEvent> events = await snapshot.Profiles.ReadEventsAsync(manifest, method, ordinal, new EventQuery(), Stop);
        return string.Create(CultureInfo.InvariantCulture, $"{method.Key} {ordinal} is {string.Join(' ', snapshot.Profiles.IdentitiesOf(method.Graph, ordinal))}; ")
            + string.Create(CultureInfo.InvariantCulture, $"{profile.HasRecord} {profile.LastModifiedAt} {string.Join(',', profile.Sources)} {profile.Entity.ToJsonString()}; ")
            // Those of one instant stand in any order.
            + string.Join(' ', events.Select(e => $"{e.IngestedAt} {e.Entity.ToJsonString()}").Order(StringComparer.Ordinal)) + "; "
            + string.Join(' ', snapshot.Space(method.Graph).Of(ordinal));
    }

    private static async Task<List<long>> AliveAsync(SandboxSnapshot snapshot, MergeMethod method)
    {
        await using IBlockSource blocks = snapshot.OpenBlocks(method);
        var alive = new List<long>();
        for (int b = 0; b < blocks.BlockCount; b++)
        {
            Block block = await blocks.ReadAsync(b, new ColumnRequest(), 0, Stop);
            for (int row = 0; row < block.Count; row++)
                if (block.Alive is null || (block.Alive[row >> 6] & (1UL << row)) != 0) alive.Add(block.Ordinals[row]);
        }

        alive.Sort();
        return alive;
    }
}
