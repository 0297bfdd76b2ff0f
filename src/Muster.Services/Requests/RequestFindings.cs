namespace Muster.Services.Requests;

/// <summary>
/// Gathers what is wrong with a request body, so that a client sees all of it at once: what a read of <see cref="JsonFields"/> refuses is
/// noted and the field counts as absent. For one body; not thread-safe.
/// </summary>
/// <param name="code">The code of every finding and of the refusal.</param>
internal sealed class RequestFindings(string code)
{
    private readonly List<RequestFinding> _findings = [];

    /// <summary>Reads a part of the body; the default of its type if that is refused.</summary>
    public T? Read<T>(Func<T?> read)
    {
        try
        {
            return read();
        }
        catch (RequestRefusedException refused)
        {
            _findings.Add(new RequestFinding(code, refused.Message));
            return default;
        }
    }

    /// <summary>Refuses the request if anything was noted.</summary>
    /// <exception cref="RequestRefusedException">400 with all findings.</exception>
    public void ThrowIfAny()
    {
        if (_findings.Count > 0) throw new RequestRefusedException(400, code, _findings[0].Message) { Findings = _findings };
    }
}
