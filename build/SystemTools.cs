namespace Muster.Build;

/// <summary>Programs of the system that some tests call. Tests that lack one say skipped, so a machine that cannot install them still passes.</summary>
internal static class SystemTools
{
    private static readonly string[] _needed = ["curl", "jq"];

    /// <summary>Installs what is missing where that can be done without asking: as root on Debian and its kin. Otherwise says what to install.</summary>
    public static async Task EnsureAsync(string root)
    {
        string[] missing = _needed.Where(program => !Exists(program)).ToArray();
        if (missing.Length == 0) return;
        if (Environment.UserName == "root" && Exists("apt-get"))
        {
            await Child.CaptureAsync(root, "apt-get", ["update"], new Dictionary<string, string>());
            await Child.CaptureAsync(root, "apt-get", ["install", "-y", "--no-install-recommends", .. missing], new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive" });
            missing = _needed.Where(program => !Exists(program)).ToArray();
        }

        if (missing.Length > 0) Console.WriteLine($"Not found: {string.Join(", ", missing)}. Tests that need them are skipped; install them with your package manager.");
    }

    private static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
