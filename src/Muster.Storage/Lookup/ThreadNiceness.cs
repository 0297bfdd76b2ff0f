using System.Runtime.InteropServices;

namespace Muster.Storage.Lookup;

/// <summary>The priority of a thread on Linux, where the runtime ignores the one that it is told.</summary>
internal static partial class ThreadNiceness
{
    private const int ThisThread = 0, Lowest = 19;

    /// <summary>Lets every other thread go first. Without effect on other systems, and where the system refuses.</summary>
    public static void Lower()
    {
        if (OperatingSystem.IsLinux()) _ = SetPriority(0, ThisThread, Lowest);
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
