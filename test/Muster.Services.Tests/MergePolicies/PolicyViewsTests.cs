using System.Text.Json.Nodes;
using Muster.Services.MergePolicies;
using Muster.Storage.ControlPlane;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Tests.MergePolicies;

public class PolicyViewsTests
{
    [Fact]
    public async Task Change_OfPolicies_MakesAndDropsTheirProfiles()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a@x.org"));
        MergePolicy policy = await bench.Policies.CreateAsync(bench.Scope, JsonNode.Parse(
            """{"schema":{"name":"_xdm.context.profile"},"identityGraph":{"type":"none"},"attributeMerge":{"type":"timestampOrdered"}}""")!.AsObject(),
            Workbench.Stop);
        SandboxStore store = await bench.Stores.GetAsync(bench.Scope.SandboxId);
        await SettleAsync(bench);
        Assert.Equal(1, store.Manifest.Profiles.View(policy.ToMergeMethod())?.ProfileCount);
        await bench.Policies.DeleteAsync(bench.Scope, policy.Id, Workbench.Stop);
        await SettleAsync(bench);
        Assert.Equal([MergeMethod.Default], store.Manifest.Profiles.Views.Select(v => v.Method));
    }

    // What is added to a lane last ends last.
    private static async Task SettleAsync(Workbench bench)
    {
        string lane = "views/" + bench.Scope.SandboxId;
        bench.Lanes.TryAdd(lane, "last", _ => Task.CompletedTask);
        await bench.Lanes.WhenEndedAsync(lane, "last");
    }
}
