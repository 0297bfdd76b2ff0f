namespace Muster.Cli.Http;

/// <summary>How clients of asynchronous resources wait.</summary>
internal static class Polling
{
    /// <summary>Short, since the server answers from memory.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromMilliseconds(100);
}
