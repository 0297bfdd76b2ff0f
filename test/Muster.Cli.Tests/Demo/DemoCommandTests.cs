using Muster.Cli.Demo;
using Muster.Cli.Tests.Commands;

namespace Muster.Cli.Tests.Demo;

public sealed class DemoCommandTests
{
    [Fact]
    public async Task Demo_SmallShop_GoesTheWholeWayAndReadsTheExportBack()
    {
        Invocation run = await Invocation.RunAsync("demo", "--customers", "2000", "--events", "40000", "--seed", "7");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.All(DemoAudience.All, audience => Assert.Contains(audience.Name, run.Output, StringComparison.Ordinal));
        Assert.Contains("2,000 customers, 12 audiences", run.Output, StringComparison.Ordinal);
        Assert.Contains("segmentMembership of", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"Read back through Data Access: 1 file\(s\), \d+ records", run.Output);
        Assert.Contains("What next:", run.Output, StringComparison.Ordinal);
    }
}
