using Muster.Storage.ControlPlane;
using Muster.Storage.Files;

namespace Muster.Services.Tests.Outages;

/// <summary>
/// Knows at every instant what of a data folder is on the disk for certain, from what it is told was flushed, and makes the folder that
/// an outage would leave.
/// </summary>
internal class DiskRecorder : StoreSteps, IDisposable
{
    private readonly string _saved = Directory.CreateTempSubdirectory("muster-flushed-").FullName;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Content> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, Content?>> _names = new(StringComparer.Ordinal);
    private int _copies;

    public override void FileFlushed(string path)
    {
        lock (_lock)
        {
            string copy = Path.Combine(_saved, (_copies++).ToString(System.Globalization.CultureInfo.InvariantCulture));
            UnlockedFile.Copy(path, copy);
            ContentOf(path).Flushed = copy;
        }
    }

    public override void FileRenamed(string from, string to)
    {
        lock (_lock)
        {
            _files[Path.GetFullPath(to)] = ContentOf(from);
            _files.Remove(Path.GetFullPath(from));
        }
    }

    public override void FolderFlushed(string folder)
    {
        lock (_lock)
        {
            string path = Path.GetFullPath(folder);
            foreach (string gone in _files.Keys.Where(f => Path.GetDirectoryName(f) == path && !File.Exists(f)).ToArray()) _files.Remove(gone);
            Dictionary<string, Content?> names = _names[path] = new(StringComparer.Ordinal);
            foreach (string file in Directory.EnumerateFiles(path)) names[Path.GetFileName(file)] = ContentOf(file);
            foreach (string child in Directory.EnumerateDirectories(path)) names[Path.GetFileName(child)] = null;
        }
    }

    /// <summary>What a killed process leaves: all that it wrote.</summary>
    public static string ImageOfKill(string root) => Image(root, image =>
    {
        foreach (string folder in Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(image, Path.GetRelativePath(root, folder)));
        foreach (string file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Where(f => !IsControlPlane(f)))
        {
            string copy = Path.Combine(image, Path.GetRelativePath(root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            try
            {
                UnlockedFile.Copy(file, copy);
            }
            catch (FileNotFoundException)
            {
                // What is derived comes and goes in the background: such a file may be there after a kill, or not.
            }
        }
    });

    /// <summary>What a power cut may leave at worst: nothing but what was flushed. Content that was not is empty; names that were not are old.</summary>
    public string ImageOfPowerCut(string root) => Image(root, image =>
    {
        lock (_lock) Restore(Path.GetFullPath(root), image);
    });

    public void Dispose() => Directory.Delete(_saved, recursive: true);

    private void Restore(string folder, string target)
    {
        if (!_names.TryGetValue(folder, out Dictionary<string, Content?>? names)) return;
        foreach ((string name, Content? content) in names)
        {
            string place = Path.Combine(target, name);
            if (IsControlPlane(place)) continue;
            if (content is null) Restore(Path.Combine(folder, name), Directory.CreateDirectory(place).FullName);
            else if (content.Flushed is { } copy) UnlockedFile.Copy(copy, place);
            else File.WriteAllBytes(place, []);
        }
    }

    /// <summary>SQLite flushes its own files, in an order that makes each instant of them a good one.</summary>
    private static string Image(string root, Action<string> copy)
    {
        string image = Directory.CreateTempSubdirectory("muster-image-").FullName;
        // The log first: pages that move from it to the database meanwhile are then in both.
        foreach (string suffix in (string[])["-wal", ""])
        {
            string file = Path.Combine(root, ControlPlaneDatabase.FileName + suffix);
            if (File.Exists(file)) UnlockedFile.Copy(file, Path.Combine(image, Path.GetFileName(file)));
        }

        copy(image);
        return image;
    }

    private static bool IsControlPlane(string file) => Path.GetFileName(file).StartsWith(ControlPlaneDatabase.FileName, StringComparison.Ordinal);

    private Content ContentOf(string path)
    {
        string full = Path.GetFullPath(path);
        return _files.TryGetValue(full, out Content? content) ? content : _files[full] = new Content();
    }

    private sealed class Content
    {
        public string? Flushed { get; set; }
    }
}
