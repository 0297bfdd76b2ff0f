using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Requests;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Tenancy;

/// <summary>The sandboxes of an organisation.</summary>
/// <param name="database">The control plane.</param>
/// <param name="removal">Removes the files of deleted ones.</param>
/// <param name="time">Stamps changes.</param>
public sealed partial class SandboxService(IDbContextFactory<ControlPlaneContext> database, SandboxRemoval removal, TimeProvider time)
{
    /// <summary>The types that a sandbox can have.</summary>
    public static IReadOnlyList<string> Types { get; } = ["production", "development"];

    /// <summary>The scope of an active sandbox, or null if the organisation has none of that name.</summary>
    public async Task<SandboxScope?> FindScopeAsync(string organizationId, string name, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        Sandbox? sandbox = await context.Sandboxes.AsNoTracking()
            .SingleOrDefaultAsync(s => s.OrganizationId == organizationId && s.Name == name && s.State == "active", cancellationToken);
        return sandbox is null ? null : new SandboxScope(organizationId, sandbox.Id, sandbox.Name, sandbox.Type, sandbox.IsDefault);
    }

    /// <summary>A page of the sandboxes in the order in which they were made, deleted ones included when asked, and how many there are.</summary>
    public async Task<(IReadOnlyList<Sandbox> Page, int Total)> ListAsync(
        string organizationId, bool includeDeleted, int offset, int limit, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        IQueryable<Sandbox> all = context.Sandboxes.AsNoTracking()
            .Where(s => s.OrganizationId == organizationId && (includeDeleted || s.State == "active"));
        return (await all.OrderBy(s => s.CreatedAt).ThenBy(s => s.Id).Skip(offset).Take(limit).ToListAsync(cancellationToken), await all.CountAsync(cancellationToken));
    }

    /// <summary>One sandbox; deleted ones stay readable.</summary>
    public async Task<Sandbox> GetAsync(string organizationId, string name, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        return await FindAsync(context, organizationId, name, cancellationToken);
    }

    /// <summary>Makes a sandbox that is active at once.</summary>
    public async Task<Sandbox> CreateAsync(string organizationId, JsonObject body, CancellationToken cancellationToken)
    {
        string name = body.RequiredText("name");
        string title = body.RequiredText("title");
        string type = body.RequiredText("type");
        if (!NamePattern().IsMatch(name)) throw JsonFields.WrongValue("name", "must be 2 to 64 lower-case letters, digits and hyphens, starting with a letter");
        if (!Types.Contains(type)) throw JsonFields.WrongValue("type", "must be 'production' or 'development'");
        await using ControlPlaneContext context = database.CreateDbContext();
        if (await context.Sandboxes.AnyAsync(s => s.OrganizationId == organizationId && s.Name == name, cancellationToken))
            throw new RequestRefusedException(409, "sandbox.exists", $"The sandbox name '{name}' is taken; names of deleted sandboxes are not used again.");
        Sandbox sandbox = NewSandbox.Add(context, organizationId, name, title, type, isDefault: false, Now);
        await context.SaveChangesAsync(cancellationToken);
        return sandbox;
    }

    /// <summary>Changes the title, the only thing about a sandbox that can change.</summary>
    public async Task<Sandbox> RenameAsync(string organizationId, string name, JsonObject body, CancellationToken cancellationToken)
    {
        string title = body.RequiredText("title");
        if (body.FirstOrDefault(field => field.Key != "title").Key is { } other) throw JsonFields.WrongValue(other, "cannot be changed");
        await using ControlPlaneContext context = database.CreateDbContext();
        Sandbox sandbox = await FindAsync(context, organizationId, name, cancellationToken);
        sandbox.Title = title;
        Touch(sandbox);
        await context.SaveChangesAsync(cancellationToken);
        return sandbox;
    }

    /// <summary>Deletes a sandbox: its name and row stay, nobody reaches its contents any more, and its files go in the background.</summary>
    public async Task<Sandbox> DeleteAsync(string organizationId, string name, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        Sandbox sandbox = await FindAsync(context, organizationId, name, cancellationToken);
        if (sandbox.IsDefault) throw new RequestRefusedException(400, "sandbox.default", "The default production sandbox cannot be deleted.");
        sandbox.State = "deleted";
        Touch(sandbox);
        await context.Schedules.Where(s => s.SandboxId == sandbox.Id).ExecuteUpdateAsync(s => s.SetProperty(x => x.State, "inactive"), cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        removal.Start(sandbox.Id);
        return sandbox;
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static async Task<Sandbox> FindAsync(ControlPlaneContext context, string organizationId, string name, CancellationToken cancellationToken) =>
        await context.Sandboxes.SingleOrDefaultAsync(s => s.OrganizationId == organizationId && s.Name == name, cancellationToken)
        ?? throw new RequestRefusedException(404, "sandbox.unknown", $"There is no sandbox named '{name}'.");

    private void Touch(Sandbox sandbox)
    {
        sandbox.Version++;
        sandbox.UpdatedAt = Now;
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{1,63}$")]
    private static partial Regex NamePattern();
}
