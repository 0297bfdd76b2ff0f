using Muster.TestSupport;

namespace Muster.Engine.Tests.Specs;

/// <summary>The scripts of the folder specs, by their path without the ending.</summary>
internal static class SpecFiles
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "specs");

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder, "*.pqlspec", SearchOption.AllDirectories)
        .Select(path => Path.ChangeExtension(Path.GetRelativePath(Folder, path), null).Replace('\\', '/')).Order(StringComparer.Ordinal);

    public static PqlSpec Read(string name) => PqlSpec.Read(Path.Combine(Folder, name + ".pqlspec"));
}
