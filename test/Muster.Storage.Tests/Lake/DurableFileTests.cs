using Muster.Storage.Lake;

namespace Muster.Storage.Tests.Lake;

public sealed class DurableFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muster-file-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_NewFolder_MakesItAndReplacesTheFile()
    {
        string path = Path.Combine(_folder, "a", "b", "f");

        DurableFile.Write(path, s => s.Write("one"u8));
        DurableFile.Write(path, s => s.Write("two!"u8));

        Assert.Equal("two!", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Publish_WriterThrows_KeepsTheOldFileAndNoOther()
    {
        string path = Path.Combine(_folder, "f");
        DurableFile.Write(path, s => s.Write("old"u8));

        Assert.Throws<InvalidOperationException>(() => DurableFile.Publish(path, temporary =>
        {
            File.WriteAllText(temporary, "half");
            throw new InvalidOperationException();
        }));

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void FlushFolder_Missing_Throws()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows flushes no folders.");

        Assert.Throws<IOException>(() => DurableFile.FlushFolder(Path.Combine(_folder, "none")));
        DurableFile.FlushFolder(_folder);
    }
}
