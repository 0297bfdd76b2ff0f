namespace Muster.TestSupport;

/// <summary>Finds files of the repository and the optional real data from a test.</summary>
public static class RepositoryRoot
{
    /// <summary>The folder that holds Muster.slnx.</summary>
    public static string Path { get; } = Find();

    /// <summary>The folder of the real customers and events, or null: such tests then say skipped.</summary>
    public static string? RealData
    {
        get
        {
            string folder = Environment.GetEnvironmentVariable("MUSTER_REAL_DATA") is { Length: > 0 } named
                ? named
                : System.IO.Path.Combine(Path, "..", "shared", "data");
            return Directory.Exists(System.IO.Path.Combine(folder, "cdnow")) ? System.IO.Path.GetFullPath(folder) : null;
        }
    }

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Muster.slnx"))) return folder.FullName;
        throw new InvalidOperationException("Muster.slnx is in none of the folders above the test.");
    }
}
