using System.Security.Cryptography;

namespace Muster.Storage.Maintenance;

/// <summary>Whether every file that is named is there and whole, and which files nothing names.</summary>
internal static class FileCheck
{
    public static void Run(DataFolder folder, IReadOnlyList<NamedFile> files, Findings findings, CancellationToken cancellationToken)
    {
        foreach (NamedFile file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            findings.Sandbox = file.SandboxId;
            var found = new FileInfo(Absolute(folder, file.Path));
            if (!found.Exists)
            {
                findings.Add("file.missing", file.Path, $"{file.Owner} names it, and it is not there.");
                continue;
            }

            findings.Count("files", 1);
            findings.Count("bytes", found.Length);
            if (file.Bytes is { } bytes && bytes != found.Length)
                findings.Add("file.size", file.Path, $"It has {found.Length} bytes; {file.Owner} says {bytes}.");
            else if (file.Sha256 is { } hash && Hash(found.FullName) != hash)
                findings.Add("file.hash", file.Path, $"Its content is not what {file.Owner} says.");
        }

        findings.Sandbox = null;
        Unnamed(folder, files, findings);
    }

    private static void Unnamed(DataFolder folder, IReadOnlyList<NamedFile> files, Findings findings)
    {
        HashSet<string> named = [.. files.Select(f => f.Path)];
        string sandboxes = Path.Combine(folder.Root, "sandboxes");
        if (!Directory.Exists(sandboxes)) return;
        foreach (string file in Directory.EnumerateFiles(sandboxes, "*", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(folder.Root, file).Replace('\\', '/');
            // sandboxes/ID/KIND/...: scratch and the lookup store belong to the process that works there.
            string[] parts = path.Split('/');
            if (parts.Length < 4 || parts[2] is not ("lake" or "failed" or "staging" or "profiles" or "membership") || named.Contains(path)) continue;
            findings.Sandbox = parts[1];
            findings.Note("file.unnamed", path, "Nothing names it: left over or in the making; the next start removes what is left over.");
        }

        findings.Sandbox = null;
    }

    private static string Absolute(DataFolder folder, string path) => Path.Combine(folder.Root, path.Replace('/', Path.DirectorySeparatorChar));

    private static string Hash(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 20, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
