using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Muster.Server;
using Muster.Services.Tenancy;

namespace Muster.Cli.Commands;

/// <summary><c>muster serve</c>: the HTTP server until Ctrl+C or SIGTERM.</summary>
internal static class ServeCommand
{
    internal const string DefaultFolder = "./muster-data";
    private const string DefaultUrl = "http://127.0.0.1:8080";

    public static Command Create()
    {
        var data = new Option<string>("--data")
        {
            Description = $"Folder of all data; made when it is not there. Default: MUSTER_DATA or {DefaultFolder}.",
            HelpName = "DIR",
        };
        var urls = new Option<string[]>("--urls")
        {
            Description = $"Address to listen on; repeat or separate by ';'. Port 0 takes a free one. Default: {DefaultUrl}.",
            HelpName = "URL",
            AllowMultipleArgumentsPerToken = true,
        };
        var organization = new Option<string>("--org") { Description = "Organization id. Default: MUSTER_ORG or MUSTER@AdobeOrg.", HelpName = "ORG" };
        var clientId = new Option<string>("--client-id")
        {
            Description = "Client that may log in. Default: MUSTER_CLIENT_ID, or one made at the first start.",
            HelpName = "ID",
        };
        var clientSecret = new Option<string>("--client-secret")
        {
            Description = "Its secret; better given as MUSTER_CLIENT_SECRET, where no process list shows it. "
                + "Default: one made at the first start and printed once.",
            HelpName = "SECRET",
        };
        var excludeOversized = new Option<bool>("--exclude-oversized")
        {
            Description = "Leaves profiles with more than 5,000 events out of all audiences, and counts them in the metrics of jobs.",
        };
        var command = new VerbCommand("serve", "Runs the server.",
            "muster serve",
            "muster serve --data /srv/muster --urls http://0.0.0.0:8080",
            "MUSTER_CLIENT_ID=demo MUSTER_CLIENT_SECRET=demo-secret muster serve --urls http://127.0.0.1:0")
        {
            data, urls, organization, clientId, clientSecret, excludeOversized,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new ServerOptions
            {
                DataFolder = parsed.GetValue(data) ?? Variable("MUSTER_DATA") ?? DefaultFolder,
                Urls = parsed.GetValue(urls) is { Length: > 0 } given
                    ? given.SelectMany(url => url.Split(';', StringSplitOptions.RemoveEmptyEntries)).ToArray()
                    : [DefaultUrl],
                Organization = parsed.GetValue(organization) ?? Variable("MUSTER_ORG") ?? "MUSTER@AdobeOrg",
                ClientId = parsed.GetValue(clientId) ?? Variable("MUSTER_CLIENT_ID"),
                ClientSecret = parsed.GetValue(clientSecret) ?? Variable("MUSTER_CLIENT_SECRET"),
                ExcludesOversizedProfiles = parsed.GetValue(excludeOversized),
                Steps = KillAtStep.Parse(Variable("MUSTER_FAULT")),
            },
            parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ServerOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        await using WebApplication server = await ServerStart.StartAsync(options, cancellationToken);
        TenantStart tenant = server.Services.GetRequiredService<TenantStart>();
        if (tenant.GeneratedSecret is { } secret)
            await output.WriteLineAsync(
                $"New credentials, shown this once: client id {tenant.ClientId} client secret {secret} organization {options.Organization}");
        await output.WriteLineAsync(
            $"Muster is ready at {string.Join(' ', server.Urls)} (data in {Path.GetFullPath(options.DataFolder)}, client id {tenant.ClientId})");
        await output.FlushAsync(cancellationToken);
        await server.WaitForShutdownAsync(cancellationToken);
        return ExitCode.Success;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
