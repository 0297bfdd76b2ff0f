using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Muster.Server;
using Muster.Storage.ControlPlane;
using Muster.Storage.Lookup;
using Muster.Storage.Sandboxes;

namespace Muster.Benchmarks.Served;

/// <summary>
/// A real server in this process, told what to do by lines on its standard input: <c>filled</c> waits for the lookup store and prints its
/// size.
/// It ends when the input ends.
/// </summary>
internal static class BenchmarkServer
{
    public const string Organization = "BENCH@AdobeOrg", ClientId = "bench", Secret = "bench-secret";

    public static async Task RunAsync(string folder)
    {
        await using WebApplication app = MusterServer.Build(new ServerOptions
        {
            DataFolder = folder,
            Urls = ["http://127.0.0.1:0"],
            Organization = Organization,
            ClientId = ClientId,
            ClientSecret = Secret,
            MaxUploadBytes = 64L << 30,
        });
        await app.StartAsync().ConfigureAwait(false);
        Console.WriteLine(app.Urls.Single());
        while (await Console.In.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (line == "filled") Console.WriteLine(await FilledAsync(app.Services).ConfigureAwait(false));
        }
        await app.StopAsync().ConfigureAwait(false);
    }

    private static async Task<string> FilledAsync(IServiceProvider services)
    {
        await using ControlPlaneContext context = services.GetRequiredService<IDbContextFactory<ControlPlaneContext>>().CreateDbContext();
        string sandbox = await context.Sandboxes.Select(s => s.Id).SingleAsync().ConfigureAwait(false);
        SandboxStore store = await services.GetRequiredService<SandboxStores>().GetAsync(sandbox).ConfigureAwait(false);
        await store.Lookups.WhenFilledAsync().ConfigureAwait(false);
        LookupState state = store.Lookups.State;
        return string.Create(CultureInfo.InvariantCulture, $"{state.Runs} {state.FilledRuns} {state.Bytes} {state.Failure ?? "ok"}");
    }
}
