using System.Diagnostics;
using Spectre.Console;

namespace Muster.Cli.Terminal;

/// <summary>Shows what runs and how long it took: a progress bar on a terminal, one line when it is done elsewhere.</summary>
internal sealed class Steps(IAnsiConsole console)
{
    /// <summary>Runs a step. The work reports how much of <paramref name="total"/> it has done since it last reported.</summary>
    public async Task<T> RunAsync<T>(string title, double total, Func<Action<double>, Task<T>> work)
    {
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Out.IsTerminal)
        {
            var watch = Stopwatch.StartNew();
            T plain = await work(_ => { });
            console.WriteLine($"{title}: {watch.Elapsed.TotalSeconds:0.0} s");
            return plain;
        }
        return await console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                // One piece of work has no part to report: the bar then only shows that it goes on.
                ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: total).IsIndeterminate(total <= 1);
                T result = await work(task.Increment);
                task.IsIndeterminate(false).Value = total;
                return result;
            });
    }
}
