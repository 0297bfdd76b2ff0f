using System.Text.Encodings.Web;
using Microsoft.EntityFrameworkCore;
using Muster.Server.Api;
using Muster.Server.Api.Catalog;
using Muster.Server.Api.DataAccess;
using Muster.Server.Api.Identities;
using Muster.Server.Api.Ingestion;
using Muster.Server.Api.Login;
using Muster.Server.Api.Profile;
using Muster.Server.Api.Sandboxes;
using Muster.Server.Api.Segmentation;
using Muster.Server.Authentication;
using Muster.Server.Configuration;
using Muster.Server.Errors;
using Muster.Services.Tenancy;
using Muster.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.Files;
using Scalar.AspNetCore;

namespace Muster.Server;

/// <summary>The HTTP host of Muster.</summary>
public static class MusterServer
{
    /// <summary>
    /// Opens the data folder and makes a host that is ready to start. The host's <see cref="TenantStart"/> service tells the client and, once,
    /// the secret that this start generated.
    /// </summary>
    /// <exception cref="ArgumentException">The options have faults; the message lists all of them.</exception>
    /// <exception cref="DataFolderInUseException">Another process works on the data folder.</exception>
    public static WebApplication Build(ServerOptions options, TimeProvider? time = null)
    {
        IReadOnlyList<string> faults = options.Validate();
        if (faults.Count > 0) throw new ArgumentException(string.Join(Environment.NewLine, faults), nameof(options));
        TimeProvider clock = time ?? TimeProvider.System;
        var folder = new DataFolder(Path.GetFullPath(options.DataFolder)) { Files = new DurableFiles(options.Steps) };
        DataFolderLock folderLock = DataFolderLock.Take(folder);
        try
        {
            return Build(options, clock, folder, folderLock);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    private static WebApplication Build(ServerOptions options, TimeProvider clock, DataFolder folder, DataFolderLock folderLock)
    {
        (ControlPlaneDatabase database, TenantStart tenant) = OpenAsync(options, clock).GetAwaiter().GetResult();

        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(MusterServer).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxUploadBytes;
        });
        builder.WebHost.UseUrls([.. options.Urls]);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Muster", LogLevel.Information)
            .AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Error)
            // What keeps the host from starting is thrown as well, and told by whoever starts it.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        // Made by the container, which lets go of it last: after all that works in the folder.
        builder.Services.AddSingleton(_ => folderLock);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(tenant);
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton<IDbContextFactory<ControlPlaneContext>>(database);
        builder.Services.AddSingleton(new TokenService(tenant.SigningKey, options.TokenLifetime, clock));
        builder.Services.AddMusterServices(folder, options.Steps, clock);
        builder.Services.AddRouting();
        builder.Services.AddOpenApi();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping);

        WebApplication app = builder.Build();
        _ = app.Services.GetRequiredService<DataFolderLock>();
        app.Use(RequestId.AssignAsync);
        app.UseMiddleware<ErrorMiddleware>();
        app.UseMiddleware<GatewayMiddleware>();
        app.Use(UploadTarget.CheckAsync);
        app.UseRouting();
        app.UseEndpoints(_ => { });
        MapAll(app);
        return app;
    }

    private static async Task<(ControlPlaneDatabase Database, TenantStart Tenant)> OpenAsync(ServerOptions options, TimeProvider clock)
    {
        ControlPlaneDatabase database = await ControlPlaneDatabase.OpenAsync(options.DataFolder, CancellationToken.None).ConfigureAwait(false);
        TenantStart tenant = await new TenantSetup(database, clock)
            .EnsureAsync(options.Organization, options.ClientId, options.ClientSecret, CancellationToken.None).ConfigureAwait(false);
        return (database, tenant);
    }

    private static void MapAll(WebApplication app)
    {
        app.MapOpenApi();
        app.MapScalarApiReference("/docs", page =>
        {
            // Nothing is asked of other hosts: neither fonts nor a count of visits.
            page.Title = "Muster";
            page.DefaultFonts = false;
            page.Telemetry = false;
        });
        HealthEndpoints.Map(app);
        PingEndpoint.Map(app);
        LoginEndpoints.Map(app);
        SandboxEndpoints.Map(app);
        DatasetEndpoints.Map(app);
        BatchEndpoints.Map(app);
        MergePolicyEndpoints.Map(app);
        DefinitionEndpoints.Map(app);
        ConversionEndpoint.Map(app);
        ScheduleEndpoints.Map(app);
        SegmentJobEndpoints.Map(app);
        ExportJobEndpoints.Map(app);
        BatchIngestionEndpoints.Map(app);
        DataAccessEndpoints.Map(app);
        EntityEndpoints.Map(app);
        SystemJobEndpoints.Map(app);
        NamespaceEndpoints.Map(app);
        LinkingRulesEndpoints.Map(app);
        ClusterEndpoints.Map(app);
        MappingEndpoints.Map(app);
        GraphEndpoint.Map(app);
    }
}
