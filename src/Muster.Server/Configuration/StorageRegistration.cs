using Muster.Services.Entities;
using Muster.Services.Export;
using Muster.Storage.DuckDb;
using Muster.Storage.Journal;
using Muster.Storage.Lake;
using Muster.Storage.Sandboxes;

namespace Muster.Server.Configuration;

/// <summary>The stores that the services stand on.</summary>
internal static class StorageRegistration
{
    public static void AddMusterStorage(this IServiceCollection services)
    {
        services.AddSingleton(DuckDbOptions.Default);
        services.AddSingleton<SandboxJournal>();
        services.AddSingleton<SandboxStores>();
        services.AddSingleton<RecordLoader>();
        services.AddSingleton<UploadPreview>();
        services.AddSingleton<ExportSegmentation>();
        services.AddSingleton<EntityService>();
    }
}
