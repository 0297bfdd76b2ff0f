namespace Muster.Build;

/// <summary>Where things are.</summary>
internal static class Repository
{
    public const string Solution = "Muster.slnx";

    /// <summary>The folder of the solution: the current one or one above it, so that the command works from any folder of the checkout.</summary>
    public static string FindRoot()
    {
        foreach (string start in (string[])[Directory.GetCurrentDirectory(), AppContext.BaseDirectory])
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, Solution))) return folder.FullName;
        throw new BuildException($"{Solution} is neither in this folder nor in one above it: run the command inside the checkout.");
    }
}

/// <summary>A failure with a message for people; ends the command with exit code 1.</summary>
internal sealed class BuildException(string message) : Exception(message);
