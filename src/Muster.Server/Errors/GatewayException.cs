namespace Muster.Server.Errors;

/// <summary>A request that does not pass the gateway: who calls, or for whom, is not acceptable.</summary>
/// <param name="code">Six digits, the first three of them the HTTP status.</param>
/// <param name="message">As AEP words it.</param>
internal sealed class GatewayException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;

    public int Status { get; } = int.Parse(code.AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture);
}
