using Muster.Storage.Files;

namespace Muster.Services.Tests.Outages;

public sealed class DiskRecorderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("muster-disk-").FullName;
    private readonly DiskRecorder _disk = new();

    public void Dispose()
    {
        _disk.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void ImageOfPowerCut_FilePublished_HoldsIt()
    {
        new DurableFiles(_disk).Write(Path.Combine(_root, "a", "b", "file"), s => s.Write("whole"u8));

        string image = _disk.ImageOfPowerCut(_root);

        Assert.Equal("whole", File.ReadAllText(Path.Combine(image, "a", "b", "file")));
        Directory.Delete(image, recursive: true);
    }

    [Fact]
    public void ImageOfPowerCut_FolderNotFlushed_HoldsTheOldName()
    {
        var files = new DurableFiles(_disk);
        string from = Path.Combine(_root, "from");
        File.WriteAllText(from, "content");
        files.FlushFile(from);
        files.FlushFolder(_root);
        files.Rename(from, Path.Combine(_root, "to"));

        string image = _disk.ImageOfPowerCut(_root);

        Assert.Equal(["from"], Directory.EnumerateFiles(image).Select(Path.GetFileName));
        Directory.Delete(image, recursive: true);
    }

    [Fact]
    public void ImageOfPowerCut_ContentOrFolderNotFlushed_IsEmptyOrAbsent()
    {
        var files = new DurableFiles(_disk);
        File.WriteAllText(Path.Combine(_root, "unflushed"), "content");
        files.FlushFolder(_root);
        Directory.CreateDirectory(Path.Combine(_root, "unknown"));
        File.WriteAllText(Path.Combine(_root, "unknown", "file"), "flushed, in a folder that is not");
        files.FlushFile(Path.Combine(_root, "unknown", "file"));

        string image = _disk.ImageOfPowerCut(_root);

        Assert.Equal(0, new FileInfo(Path.Combine(image, "unflushed")).Length);
        Assert.False(Directory.Exists(Path.Combine(image, "unknown")));
        Directory.Delete(image, recursive: true);
    }
}
