using System.Text.RegularExpressions;
using Muster.TestSupport;

namespace Muster.Engine.Tests.Specs;

public sealed partial class ConformancePageTests
{
    [Fact]
    public void Page_OfDocs_IsCurrent()
    {
        string page = ConformancePage.Write();
        if (Environment.GetEnvironmentVariable("MUSTER_WRITE_DOCS") == "1") File.WriteAllText(ConformancePage.Location, page);
        Assert.Equal(page, File.ReadAllText(ConformancePage.Location));
    }

    /// <summary>One number is one rule, every rule has a section, and a decision that is named exists.</summary>
    [Fact]
    public void Rules_OfSpecs_HaveOneTextEachAndNameDecisionsThatExist()
    {
        var rules = SpecFiles.Names.SelectMany(name => SpecFiles.Read(name).Queries).SelectMany(query => query.Rules).Select(ConformancePage.Cut).ToList();
        Assert.Empty(rules.GroupBy(rule => rule.Number).Where(group => group.Select(rule => rule.Text).Distinct().Count() > 1).Select(group => group.Key));
        Assert.All(rules, rule => Assert.NotNull(ConformancePage.SectionOf(rule.Number)));
        string[] decisions = Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "docs", "adr")).Select(file => Path.GetFileName(file)[..4]).ToArray();
        Assert.Empty(rules.SelectMany(rule => Decision().Matches(rule.Text)).Select(match => match.Groups[1].Value).Except(decisions));
    }

    [GeneratedRegex("ADR ([0-9]{4})")]
    private static partial Regex Decision();
}
