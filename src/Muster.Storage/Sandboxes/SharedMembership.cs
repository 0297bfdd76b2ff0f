using Muster.Storage.Membership;

namespace Muster.Storage.Sandboxes;

/// <summary>
/// A membership file with a count of its users; the last one to let go closes it and, if a newer file replaced it, deletes it.
/// </summary>
internal sealed class SharedMembership(string path)
{
    private readonly Lock _lock = new();
    private int _users = 1;
    private bool _retired;

    /// <summary>The open file.</summary>
    public MembershipFile File { get; } = MembershipFile.Open(path);

    /// <summary>Adds a user.</summary>
    public SharedMembership Share()
    {
        lock (_lock) _users++;
        return this;
    }

    /// <summary>Takes a user away.</summary>
    public void Release()
    {
        lock (_lock)
        {
            if (--_users > 0) return;
            File.Dispose();
            if (_retired) System.IO.File.Delete(path);
        }
    }

    /// <summary>Says that a newer file took its place, and takes the store's own use away.</summary>
    public void Retire()
    {
        lock (_lock) _retired = true;
        Release();
    }
}
