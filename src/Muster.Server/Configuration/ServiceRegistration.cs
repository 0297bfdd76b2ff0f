using Muster.Server.Api;
using Muster.Services.Catalog;
using Muster.Services.DataAccess;
using Muster.Services.Export;
using Muster.Services.Identities;
using Muster.Services.Ingestion;
using Muster.Services.MergePolicies;
using Muster.Services.Scheduling;
using Muster.Services.Schemas;
using Muster.Services.Segmentation.Definitions;
using Muster.Services.Segmentation.Jobs;
using Muster.Services.SystemJobs;
using Muster.Services.Tenancy;
using Muster.Services.Work;
using Muster.Storage.Files;
using Muster.Storage;
using Quartz;

namespace Muster.Server.Configuration;

/// <summary>What the host is made of.</summary>
internal static class ServiceRegistration
{
    public static void AddMusterServices(this IServiceCollection services, DataFolder folder, StoreSteps steps, TimeProvider time)
    {
        services.AddSingleton(folder);
        services.AddMusterStorage(steps, folder.Files);
        services.AddSingleton<JsonBody>();
        services.AddSingleton<SandboxService>();
        services.AddSingleton<CredentialService>();
        services.AddSingleton<CallerDirectory>();
        services.AddSingleton<SandboxRemoval>();
        services.AddSingleton<PolicyViews>();
        services.AddSingleton<MergePolicyService>();
        services.AddSingleton<NamespaceSpread>();
        services.AddSingleton<NamespaceService>();
        services.AddSingleton<LinkingRulesService>();
        services.AddSingleton<SystemJobRunner>();
        services.AddSingleton<SystemJobQueue>();
        services.AddSingleton<SystemJobService>();
        services.AddSingleton<IdentityClusterService>();
        services.AddSingleton<DatasetService>();
        services.AddSingleton<BatchCatalog>();

        services.AddSingleton<LakeFiles>();

        services.AddSingleton<WorkLanes>();
        services.AddSingleton<SandboxSchemas>();
        services.AddSingleton<BatchProcessor>();
        services.AddSingleton<BatchRemoval>();
        services.AddSingleton<CompactionQueue>();
        services.AddSingleton<BatchQueue>();
        services.AddSingleton<BatchService>();
        services.AddSingleton<LargeUploadService>();
        services.AddSingleton<BatchPreviewService>();
        services.AddSingleton<DefinitionCompiler>();
        services.AddSingleton<SegmentDefinitionService>();
        services.AddSingleton(p => new Guardrails { ExcludesOversized = p.GetRequiredService<ServerOptions>().ExcludesOversizedProfiles });
        services.AddSingleton<SegmentJobRunner>();
        services.AddSingleton<SegmentJobQueue>();
        services.AddSingleton<SegmentJobService>();
        services.AddSingleton<ExportJobRunner>();
        services.AddSingleton<ExportJobQueue>();
        services.AddSingleton<ExportJobService>();
        services.AddSingleton<WorkRecovery>();
        services.AddHostedService<BackgroundWork>();

        services.AddQuartz(quartz => quartz.UseInMemoryStore().UseTimeProvider(time));
        services.AddSingleton<ScheduleRunner>();
        services.AddSingleton<ScheduleTriggers>();
        services.AddSingleton<ScheduleService>();
        services.AddHostedService(provider => provider.GetRequiredService<ScheduleTriggers>());
    }
}
