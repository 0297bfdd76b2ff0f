using Muster.Services.Work;

namespace Muster.Services.Tests.Work;

public class WorkLanesTests
{
    [Fact]
    public async Task TryAdd_ManyItemsOneBroken_RunOneAfterAnotherInOrder()
    {
        await using var lanes = new WorkLanes(new TestLog<WorkLanes>());
        var ran = new List<int>();
        var gate = new TaskCompletionSource();
        Assert.True(lanes.TryAdd("lane", "gate", _ => gate.Task));
        for (int i = 0; i < 3000; i++)
        {
            int item = i;
            Assert.True(lanes.TryAdd("lane", $"{i}", _ =>
            {
                ran.Add(item);
                return item == 5 ? throw new InvalidOperationException("broken") : Task.CompletedTask;
            }));
        }

        Assert.False(lanes.TryAdd("lane", "7", _ => Task.CompletedTask));
        Assert.Equal(3001, lanes.Count("lane"));
        Task last = lanes.WhenEndedAsync("lane", "2999");
        gate.SetResult();
        await last;
        Assert.Equal(Enumerable.Range(0, 3000), ran);
    }

    [Fact]
    public async Task Cancel_WaitingRunningAndEnded_ReachesThoseThatAreThere()
    {
        await using var lanes = new WorkLanes(new TestLog<WorkLanes>());
        var tokens = new List<bool>();
        var gate = new TaskCompletionSource();
        lanes.TryAdd("lane", "running", async token =>
        {
            await gate.Task;
            tokens.Add(token.IsCancellationRequested);
        });
        lanes.TryAdd("lane", "waiting", token =>
        {
            tokens.Add(token.IsCancellationRequested);
            return Task.CompletedTask;
        });
        Task ended = lanes.WhenEndedAsync("lane", "waiting");
        Assert.True(lanes.Cancel("lane", "running"));
        Assert.True(lanes.Cancel("lane", "waiting"));
        gate.SetResult();
        await ended;
        Assert.Equal([true, true], tokens);
        Assert.False(lanes.Cancel("lane", "waiting"));
        Assert.False(lanes.Cancel("other", "waiting"));
    }

    [Fact]
    public async Task Dispose_ItemsWaitAndRun_InterruptsAndDropsThem()
    {
        var lanes = new WorkLanes(new TestLog<WorkLanes>());
        var started = new TaskCompletionSource();
        bool ran = false;
        lanes.TryAdd("lane", "running", token =>
        {
            started.SetResult();
            return Task.Delay(Timeout.Infinite, token);
        });
        lanes.TryAdd("lane", "waiting", _ =>
        {
            ran = true;
            return Task.CompletedTask;
        });
        await started.Task;
        await lanes.DisposeAsync();
        Assert.False(ran);
        Assert.True(lanes.IsStopping);
        Assert.False(lanes.TryAdd("lane", "late", _ => Task.CompletedTask));
    }
}
