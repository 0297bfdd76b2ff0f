using Microsoft.EntityFrameworkCore;

namespace Muster.Storage.ControlPlane;

/// <summary>
/// The control plane: who may do what, what exists, and the commit point of everything. One context per unit of work. Times are
/// milliseconds since the epoch, so that they order the same on every provider; parts that only clients read are JSON text.
/// </summary>
public sealed class ControlPlaneContext(DbContextOptions<ControlPlaneContext> options) : DbContext(options)
{
    /// <summary>The organisations.</summary>
    public DbSet<Organization> Organizations => Set<Organization>();

    /// <summary>The clients that may log in.</summary>
    public DbSet<Credential> Credentials => Set<Credential>();

    /// <summary>The key of tokens; one row.</summary>
    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();

    /// <summary>The sandboxes of all organisations.</summary>
    public DbSet<Sandbox> Sandboxes => Set<Sandbox>();

    /// <summary>The datasets of all sandboxes.</summary>
    public DbSet<Dataset> Datasets => Set<Dataset>();

    /// <summary>The batches of all datasets.</summary>
    public DbSet<Batch> Batches => Set<Batch>();

    /// <summary>The files of open batches.</summary>
    public DbSet<Upload> Uploads => Set<Upload>();

    /// <summary>The parts of large files that are not complete.</summary>
    public DbSet<UploadPart> UploadParts => Set<UploadPart>();

    /// <summary>The journals of all sandboxes.</summary>
    public DbSet<JournalEntry> Journal => Set<JournalEntry>();

    /// <summary>The manifests of all sandboxes.</summary>
    public DbSet<ManifestRow> Manifests => Set<ManifestRow>();

    /// <summary>The segment definitions.</summary>
    public DbSet<SegmentDefinition> SegmentDefinitions => Set<SegmentDefinition>();

    /// <summary>The merge policies.</summary>
    public DbSet<MergePolicy> MergePolicies => Set<MergePolicy>();

    /// <summary>The schedules.</summary>
    public DbSet<Schedule> Schedules => Set<Schedule>();

    /// <summary>The fires of schedules that were taken.</summary>
    public DbSet<ScheduleFire> ScheduleFires => Set<ScheduleFire>();

    /// <summary>The segment jobs.</summary>
    public DbSet<SegmentJob> SegmentJobs => Set<SegmentJob>();

    /// <summary>The export jobs.</summary>
    public DbSet<ExportJob> ExportJobs => Set<ExportJob>();

    /// <summary>The people who are to be forgotten.</summary>
    public DbSet<ErasureRequest> ErasureRequests => Set<ErasureRequest>();

    /// <summary>The jobs that take data out of profiles.</summary>
    public DbSet<ProfileSystemJob> ProfileSystemJobs => Set<ProfileSystemJob>();

    /// <summary>The custom namespaces of all organisations.</summary>
    public DbSet<IdentityNamespace> IdentityNamespaces => Set<IdentityNamespace>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Organization>().HasKey(o => o.Id);
        modelBuilder.Entity<Credential>().HasKey(c => c.ClientId);
        modelBuilder.Entity<SigningKey>().Property(k => k.Id).ValueGeneratedNever();
        modelBuilder.Entity<Sandbox>().HasIndex(s => new { s.OrganizationId, s.Name }).IsUnique();
        modelBuilder.Entity<Dataset>().HasIndex(d => new { d.SandboxId, d.CreatedAt });
        modelBuilder.Entity<Batch>().HasIndex(b => new { b.SandboxId, b.CreatedAt });
        modelBuilder.Entity<Batch>().HasIndex(b => new { b.DatasetId, b.Sequence });
        modelBuilder.Entity<Batch>().HasIndex(b => b.Status);
        modelBuilder.Entity<Upload>().HasKey(u => new { u.BatchId, u.Path });
        modelBuilder.Entity<UploadPart>().HasKey(p => new { p.BatchId, p.Path, p.First });
        modelBuilder.Entity<JournalEntry>().HasKey(j => new { j.SandboxId, j.Number });
        modelBuilder.Entity<ManifestRow>().HasKey(m => new { m.SandboxId, m.Number });
        modelBuilder.Entity<SegmentDefinition>().HasIndex(d => new { d.SandboxId, d.Name }).IsUnique();
        modelBuilder.Entity<SegmentDefinition>().HasIndex(d => new { d.SandboxId, d.CreatedAt });
        modelBuilder.Entity<MergePolicy>().HasIndex(p => new { p.SandboxId, p.Name });
        modelBuilder.Entity<Schedule>().HasIndex(s => new { s.SandboxId, s.CreatedAt });
        modelBuilder.Entity<ScheduleFire>().HasKey(f => new { f.ScheduleId, f.FireTime });
        modelBuilder.Entity<SegmentJob>().HasIndex(j => new { j.SandboxId, j.CreatedAt });
        modelBuilder.Entity<SegmentJob>().HasIndex(j => j.Status);
        modelBuilder.Entity<ExportJob>().HasIndex(j => new { j.SandboxId, j.CreatedAt });
        modelBuilder.Entity<ExportJob>().HasIndex(j => j.Status);
        modelBuilder.Entity<ErasureRequest>().HasIndex(r => r.Status);
        modelBuilder.Entity<ProfileSystemJob>().HasIndex(j => new { j.SandboxId, j.CreatedAt });
        modelBuilder.Entity<IdentityNamespace>().Property(n => n.Id).ValueGeneratedNever();
        modelBuilder.Entity<IdentityNamespace>().HasIndex(n => new { n.OrganizationId, n.CodeKey }).IsUnique();
    }
}
