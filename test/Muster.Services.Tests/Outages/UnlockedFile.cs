using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Muster.Services.Tests.Outages;

/// <summary>Copies a file that this process has open for writing: .NET's own advisory lock would keep it from that.</summary>
internal static class UnlockedFile
{
    public static void Copy(string from, string to)
    {
        int descriptor = Open(from, 0);
        if (descriptor < 0) throw new FileNotFoundException("Cannot be opened.", from);
        using var source = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Read);
        using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write);
        source.CopyTo(target);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
