namespace Muster.Storage.Tests;

public sealed class DataFolderLockTests
{
    [Fact]
    public void Take_WhileItIsTaken_IsRefusedWithTheFolderNamed()
    {
        string root = Directory.CreateTempSubdirectory("muster-lock-").FullName;
        try
        {
            var folder = new DataFolder(Path.Combine(root, "data"));
            using (DataFolderLock.Take(folder))
            {
                DataFolderInUseException refused = Assert.Throws<DataFolderInUseException>(() => DataFolderLock.Take(folder));
                Assert.Contains(folder.Root, refused.Message, StringComparison.Ordinal);
            }

            DataFolderLock.Take(folder).Dispose();
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
