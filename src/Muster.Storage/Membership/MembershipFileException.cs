namespace Muster.Storage.Membership;

/// <summary>A membership file is not one, was cut off or was damaged. Its content was not used.</summary>
/// <param name="path">The file.</param>
/// <param name="reason">What is wrong with it, a clause without a full stop.</param>
/// <param name="inner">What was caught, if anything.</param>
public sealed class MembershipFileException(string path, string reason, Exception? inner = null)
    : IOException($"The membership file '{path}' cannot be read: {reason.TrimEnd('.')}.", inner)
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;
}
