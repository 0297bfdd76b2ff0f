using Muster.Pql.Documentation;
using Muster.Pql.Functions;
using Muster.TestSupport;

namespace Muster.Pql.Tests.Documentation;

public sealed class FunctionPagesTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "docs", "pql");

    public static TheoryData<string> Pages => new(FunctionPages.Write().Keys);

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_OfDocs_IsCurrent(string name)
    {
        string page = FunctionPages.Write()[name];
        if (Environment.GetEnvironmentVariable("MUSTER_WRITE_DOCS") == "1") File.WriteAllText(Path.Combine(Folder, name), page);
        Assert.Equal(page, File.ReadAllText(Path.Combine(Folder, name)));
    }

    [Fact]
    public void Pages_OfDocs_AreAllMade() =>
        Assert.Equal(FunctionPages.Write().Keys.Append("conformance.md").Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void Functions_AllHaveAGroupAndExamples() =>
        Assert.All(FunctionCatalogue.All.Values, function =>
        {
            Assert.Contains(function.Group, FunctionCatalogue.Groups);
            Assert.NotEmpty(function.Examples);
        });
}
