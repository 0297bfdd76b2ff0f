using Muster.Storage.DuckDb;
using Muster.Storage.Files;
using Muster.Storage.Identity;

namespace Muster.Storage.Tests.Identity;

public sealed class LinkFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muster").FullName;
    private readonly DuckDbWorkspace _workspace;

    public LinkFileTests() => _workspace = new DuckDbWorkspace(Path.Combine(_folder, "work"), DuckDbOptions.Default);

    public void Dispose()
    {
        _workspace.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Among_FilesAndStaged_GivesEachPairOnceWithLatestTime()
    {
        string one = Write("one", new Link(1, 2, 10), new Link(2, 3, 10), new Link(7, 8, 10)), two = Write("two", new Link(1, 2, 5), new Link(2, 3, 20));
        var links = new LinkFiles(_workspace, [one, two], [new Link(2, 3, 15), new Link(3, 9, 1), new Link(5, 6, 1)]);

        Assert.Equal([new Link(1, 2, 10), new Link(2, 3, 20), new Link(3, 9, 1)], links.Among([2, 9]).OrderBy(l => l.First));
        Assert.Empty(links.Among([]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Among_FileOfFirstVersion_HasTimeOfBatch(bool isAlone)
    {
        string old = Path.Combine(_folder, "old.parquet");
        _workspace.Execute($"COPY (SELECT 1::BIGINT AS first, 2::BIGINT AS second, 'd' AS dataset, 'b' AS batch, 77::BIGINT AS established) TO {SqlText.Literal(old)} (FORMAT parquet)");
        string[] files = isAlone ? [old] : [old, Write("new", new Link(2, 3, 10))];

        Assert.Equal(isAlone ? [new Link(1, 2, 77)] : [new Link(1, 2, 77), new Link(2, 3, 10)], new LinkFiles(_workspace, files).Among([2]).OrderBy(l => l.First));
    }

    [Fact]
    public void OnlyIn_PairInRemainingFile_IsLeftOut()
    {
        string one = Write("one", new Link(1, 2, 10), new Link(2, 3, 10)), two = Write("two", new Link(1, 2, 5));

        Assert.Equal([(2, 3)], LinkFile.OnlyIn(_workspace, [one], [two]));
        Assert.Equal([(1, 2), (2, 3)], LinkFile.OnlyIn(_workspace, [one, two], []).Order());
        Assert.Empty(LinkFile.OnlyIn(_workspace, [], [two]));
    }

    private string Write(string name, params Link[] links)
    {
        string path = Path.Combine(_folder, name + ".parquet");
        LinkFile.Write(_workspace, path, links, "dataset", name, 99, DurableFiles.Plain);
        return path;
    }
}
