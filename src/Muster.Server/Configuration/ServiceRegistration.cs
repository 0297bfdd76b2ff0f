using Muster.Server.Api;
using Muster.Services.Catalog;
using Muster.Services.Tenancy;

namespace Muster.Server.Configuration;

/// <summary>What the host is made of.</summary>
internal static class ServiceRegistration
{
    public static void AddMusterServices(this IServiceCollection services)
    {
        services.AddSingleton<JsonBody>();
        services.AddSingleton<SandboxService>();
        services.AddSingleton<CredentialService>();
        services.AddSingleton<MergePolicyService>();
        services.AddSingleton<DatasetService>();
        services.AddSingleton<BatchCatalog>();
    }
}
