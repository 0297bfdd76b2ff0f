using Muster.Storage.Files;

namespace Muster.Storage.Tests.Files;

public sealed class DurableFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muster-file-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_NewFolder_MakesItAndReplacesTheFile()
    {
        string path = Path.Combine(_folder, "a", "b", "f");

        DurableFiles.Plain.Write(path, s => s.Write("one"u8));
        DurableFiles.Plain.Write(path, s => s.Write("two!"u8));

        Assert.Equal("two!", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Publish_WriterThrows_KeepsTheOldFileAndNoOther()
    {
        string path = Path.Combine(_folder, "f");
        DurableFiles.Plain.Write(path, s => s.Write("old"u8));

        Assert.Throws<InvalidOperationException>(() => DurableFiles.Plain.Publish(path, temporary =>
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

        Assert.Throws<IOException>(() => DurableFiles.Plain.FlushFolder(Path.Combine(_folder, "none")));
        DurableFiles.Plain.FlushFolder(_folder);
    }
}
