using System.Diagnostics;
using System.Text.RegularExpressions;
using Muster.Storage.Files;

namespace Muster.Cli.Commands;

/// <summary>Ends the process as an outage would, when the work comes to a step for the n-th time: a test aid, see docs/operations.md.</summary>
internal sealed partial class KillAtStep(StoreStep at, int times) : StoreSteps
{
    private int _left = times;

    /// <summary>The names that can be given.</summary>
    public static IEnumerable<string> Names => Enum.GetValues<StoreStep>().Select(NameOf);

    /// <summary>Reads <c>step</c> or <c>step:n</c>; null or nothing gives steps at which nothing happens.</summary>
    /// <exception cref="CommandFailedException">It is neither.</exception>
    public static StoreSteps Parse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return None;
        string[] parts = text.Split(':');
        int times = 1;
        StoreStep[] found = [.. Enum.GetValues<StoreStep>().Where(s => NameOf(s) == parts[0])];
        if (found.Length == 0 || parts.Length > 2 || (parts.Length == 2 && (!int.TryParse(parts[1], out times) || times < 1)))
            throw new CommandFailedException($"MUSTER_FAULT: '{text}' is not STEP or STEP:N with a step of {string.Join(", ", Names)}.", ExitCode.WrongUsage);
        return new KillAtStep(found[0], times);
    }

    /// <inheritdoc/>
    public override void Reached(StoreStep step)
    {
        if (step != at || Interlocked.Decrement(ref _left) != 0) return;
        using Process self = Process.GetCurrentProcess();
        self.Kill();
        // The signal is on its way: nothing more may happen on this thread.
        using var never = new ManualResetEventSlim();
        never.Wait();
    }

    private static string NameOf(StoreStep step) => WordStart().Replace(step.ToString(), "-$0").TrimStart('-').ToLowerInvariant();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex WordStart();
}
