using Muster.Services.Entities;
using Muster.Services.Export;
using Muster.Storage.ControlPlane;
using Muster.Storage.DuckDb;
using Muster.Storage.Files;
using Muster.Storage.Journal;
using Muster.Storage.Lake;
using Muster.Storage.Sandboxes;

namespace Muster.Server.Configuration;

/// <summary>The stores that the services stand on.</summary>
internal static class StorageRegistration
{
    public static void AddMusterStorage(this IServiceCollection services, StoreSteps steps, DurableFiles files)
    {
        services.AddSingleton(steps);
        services.AddSingleton(files);
        services.AddSingleton(DuckDbOptions.Default);
        services.AddSingleton<SandboxJournal>();
        services.AddSingleton<SandboxStores>();
        services.AddSingleton<RecordLoader>();
        services.AddSingleton<UploadPreview>();
        services.AddSingleton<ExportSegmentation>();
        services.AddSingleton<ControlPlaneChanges>();
        services.AddSingleton<EntityPolicies>();
        services.AddSingleton<EntityService>();
        services.AddSingleton<ErasureRunner>();
        services.AddSingleton<ErasureQueue>();
        services.AddSingleton<ErasureService>();
    }
}
