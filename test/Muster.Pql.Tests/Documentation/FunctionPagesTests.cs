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
    public void Page_OfDocs_IsCurrent(string name) => Assert.Equal(FunctionPages.Write()[name], File.ReadAllText(Path.Combine(Folder, name)));

    [Fact]
    public void Pages_OfDocs_AreAllMade() =>
        Assert.Equal(FunctionPages.Write().Keys.Order(StringComparer.Ordinal), Directory.EnumerateFiles(Folder, "functions*.md").Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void Functions_AllHaveAGroupAndExamples() =>
        Assert.All(FunctionCatalogue.All.Values, function =>
        {
            Assert.Contains(function.Group, FunctionCatalogue.Groups);
            Assert.NotEmpty(function.Examples);
        });
}
