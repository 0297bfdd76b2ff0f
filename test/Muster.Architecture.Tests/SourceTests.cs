using System.Text.RegularExpressions;
using Muster.TestSupport;

namespace Muster.Architecture.Tests;

/// <summary>Habits of the source tree that no compiler checks.</summary>
public partial class SourceTests
{
    private static readonly string _sources = Path.Combine(RepositoryRoot.Path, "src");

    private static IEnumerable<string> Files => Directory.EnumerateFiles(_sources, "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}Migrations{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    [Fact]
    public void Files_AreShort_MostOfThem()
    {
        int[] lengths = Files.Select(path => File.ReadLines(path).Count()).Order().ToArray();
        Assert.True(lengths[lengths.Length / 2] < 150, $"The median file has {lengths[lengths.Length / 2]} lines.");
        Assert.True(lengths.Count(length => length < 150) > lengths.Length * 3 / 4, "Most files have fewer than 150 lines.");
    }

    [Fact]
    public void Files_None_IsLongerThan800Lines() => Assert.DoesNotContain(Files, path => File.ReadLines(path).Count() > 800);

    [Fact]
    public void Folder_Equals_Namespace_TwoLevelsAtMost()
    {
        var breaches = new List<string>();
        foreach (string path in Files)
        {
            if (Namespace().Match(File.ReadAllText(path)) is not { Success: true } declaration) continue;
            string expected = Path.GetRelativePath(_sources, Path.GetDirectoryName(path)!).Replace(Path.DirectorySeparatorChar, '.');
            if (declaration.Groups[1].Value != expected) breaches.Add($"{path}: {declaration.Groups[1].Value}");
            if (expected.Split('.').Length > 4) breaches.Add($"{path}: deeper than two folders");
        }
        Assert.Empty(breaches);
    }

    [Fact]
    public void Types_AreNamed_AfterWhatTheyAre() =>
        Assert.Empty(Files.SelectMany(path => EmptyName().Matches(File.ReadAllText(path)).Select(match => $"{path}: {match.Value}")));

    [Fact]
    public void Sources_NameNoFolder_OfOnePersonsMachine() => Assert.DoesNotContain(Files, path => OwnPath().IsMatch(File.ReadAllText(path)));

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\b(class|record|struct|interface|enum) \w*(Helper|Helpers|Util|Utils|Utilities|Manager|Common)\b")]
    private static partial Regex EmptyName();

    [GeneratedRegex(@"""/(home|root|Users)/")]
    private static partial Regex OwnPath();
}
