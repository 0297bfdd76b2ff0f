using System.CommandLine;
using Muster.Cli.Http;

namespace Muster.Cli.Commands;

/// <summary>Which running server a command talks to, and as whom: options, else the environment, else what <c>serve</c> uses by itself.</summary>
internal sealed class ConnectionOptions
{
    private const string DefaultServer = "http://127.0.0.1:8080";

    private readonly Option<string> _server = new("--server")
    {
        Description = $"Address of the server. Default: MUSTER_URL or {DefaultServer}.",
        HelpName = "URL",
    };

    private readonly Option<string> _clientId = new("--client-id") { Description = "Client to log in as. Default: MUSTER_CLIENT_ID.", HelpName = "ID" };

    private readonly Option<string> _clientSecret = new("--client-secret")
    {
        Description = "Its secret; better given as MUSTER_CLIENT_SECRET, where no process list shows it.",
        HelpName = "SECRET",
    };

    private readonly Option<string> _organization = new("--org") { Description = "Organization id. Default: MUSTER_ORG or MUSTER@AdobeOrg.", HelpName = "ORG" };

    private readonly Option<string> _sandbox = new("--sandbox") { Description = "Sandbox. Default: MUSTER_SANDBOX or prod.", HelpName = "NAME" };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_server, _clientId, _clientSecret, _organization, _sandbox]) command.Options.Add(option);
    }

    /// <summary>Logs in.</summary>
    /// <exception cref="CommandFailedException">Nobody answers, or not to these credentials; says what to do.</exception>
    public async Task<MusterClient> ConnectAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string address = parsed.GetValue(_server) ?? Variable("MUSTER_URL") ?? DefaultServer;
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? server) || server.Scheme is not ("http" or "https"))
            throw new CommandFailedException($"'{address}' is not an http or https address.", ExitCode.WrongUsage);
        string clientId = parsed.GetValue(_clientId) ?? Variable("MUSTER_CLIENT_ID") ?? throw Missing("client id", "--client-id", "MUSTER_CLIENT_ID");
        string secret = parsed.GetValue(_clientSecret) ?? Variable("MUSTER_CLIENT_SECRET")
            ?? throw Missing("client secret", "--client-secret", "MUSTER_CLIENT_SECRET");
        string organization = parsed.GetValue(_organization) ?? Variable("MUSTER_ORG") ?? "MUSTER@AdobeOrg";
        var client = new MusterClient(server, new Credentials(organization, clientId, secret, parsed.GetValue(_sandbox) ?? Variable("MUSTER_SANDBOX") ?? "prod"));
        try
        {
            await client.LoginAsync(cancellationToken);
            return client;
        }
        catch (HttpRequestException fault)
        {
            client.Dispose();
            throw new CommandFailedException(
                $"No server answers at {address} ({fault.Message}). Start one with 'muster serve', or give its address with --server or MUSTER_URL.");
        }
        catch (ApiRefusedException fault)
        {
            client.Dispose();
            throw new CommandFailedException(
                $"The server at {address} does not accept the client '{clientId}' ({(int)fault.Status}). "
                + "Give the client id and secret that 'muster serve' was started with, or printed at its first start.");
        }
    }

    private static CommandFailedException Missing(string what, string option, string variable) => new(
        $"The {what} is missing. Give it with {option} or {variable}; 'muster serve' prints both at its first start.", ExitCode.WrongUsage);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
