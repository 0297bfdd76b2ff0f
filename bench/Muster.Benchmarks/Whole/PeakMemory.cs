using System.Globalization;

namespace Muster.Benchmarks.Whole;

/// <summary>The most memory that the process had resident since the last reset, as Linux counts it (VmHWM).</summary>
internal static class PeakMemory
{
    /// <summary>Megabytes since the last reset; on other systems since the start of the process.</summary>
    public static long Megabytes
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64 >> 20;
            string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
        }
    }

    /// <summary>Collects garbage and starts the count anew.</summary>
    public static void Reset()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (OperatingSystem.IsLinux()) File.WriteAllText("/proc/self/clear_refs", "5");
    }
}
