namespace Muster.Cli.Http;

/// <summary>Who calls, and where to.</summary>
internal sealed record Credentials(string Organization, string ClientId, string ClientSecret, string Sandbox = "prod");
