namespace Muster.Services;

/// <summary>
/// A request that cannot be met for a reason that the caller can act on. Thrown by services, turned into the error envelope of its API in one
/// place of the server. Never carries internals.
/// </summary>
/// <param name="status">The HTTP status that fits.</param>
/// <param name="code">A stable code; listed in docs/errors.md.</param>
/// <param name="message">One or two sentences: what is wrong, where, and what to do.</param>
public sealed class RequestRefusedException(int status, string code, string message) : Exception(message)
{
    /// <summary>The HTTP status that fits.</summary>
    public int Status { get; } = status;

    /// <summary>A stable code; listed in docs/errors.md.</summary>
    public string Code { get; } = code;

    /// <summary>More than one finding (each a code and a message); empty if the message says it all.</summary>
    public IReadOnlyList<RequestFinding> Findings { get; init; } = [];
}

/// <summary>One finding of a refused request, such as a diagnostic of a query.</summary>
/// <param name="Code">Stable code.</param>
/// <param name="Message">One sentence.</param>
public sealed record RequestFinding(string Code, string Message);
