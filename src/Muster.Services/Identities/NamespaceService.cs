using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Requests;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;
using Muster.Storage.Identity;
using Muster.Storage.Journal;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Identities;

/// <summary>The namespaces of organisations. A new one counts for links in every sandbox of its organisation. Thread-safe.</summary>
/// <param name="contexts">The control plane.</param>
/// <param name="stores">Take the type of a new namespace.</param>
/// <param name="spread">Tells the other sandboxes.</param>
/// <param name="time">Stamps them.</param>
public sealed class NamespaceService(
    IDbContextFactory<ControlPlaneContext> contexts, SandboxStores stores, NamespaceSpread spread, TimeProvider time)
{
    /// <summary>The namespaces of an organisation.</summary>
    public async Task<NamespaceBook> LoadAsync(string organizationId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return new NamespaceBook(await context.IdentityNamespaces.AsNoTracking().Where(n => n.OrganizationId == organizationId)
            .ToListAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>One namespace.</summary>
    /// <exception cref="RequestRefusedException">404.</exception>
    public async Task<KnownNamespace> GetAsync(string organizationId, string id, CancellationToken cancellationToken) =>
        (await LoadAsync(organizationId, cancellationToken).ConfigureAwait(false)).Find(Number(id)) ?? throw Unknown(id);

    /// <summary>Makes a namespace: its row, and its type in the rules of the caller's sandbox, in one commit.</summary>
    /// <exception cref="RequestRefusedException">400; 409: the code is taken, in any case.</exception>
    public async Task<KnownNamespace> CreateAsync(SandboxScope scope, JsonObject body, CancellationToken cancellationToken)
    {
        NamespaceBody read = NamespaceBody.Read(body);
        NamespaceBook book = await LoadAsync(scope.OrganizationId, cancellationToken).ConfigureAwait(false);
        if (book.Find(read.Code) is not null) throw Taken(read.Code);
        SandboxStore store = await stores.GetAsync(scope.SandboxId).ConfigureAwait(false);
        PreparedApply prepared = await store.PrepareAsync(
            profiles => new StoreChange { Rules = With(profiles.Current.Rules, read) }, null, cancellationToken).ConfigureAwait(false);
        IdentityNamespace? row = null;
        var payload = new { types = new Dictionary<string, string> { [read.Code] = read.Type } };
        bool isMade = await store.CommitAsync(prepared, JournalKinds.LinkingRulesChanged, payload, async (context, _) =>
        {
            row = await NewRowAsync(context, scope.OrganizationId, read, cancellationToken).ConfigureAwait(false);
            return row is not null;
        }, cancellationToken).ConfigureAwait(false);
        if (!isMade) throw Taken(read.Code);
        await spread.ToOthersAsync(scope, cancellationToken).ConfigureAwait(false);
        return NamespaceBook.From(row!);
    }

    /// <summary>Changes the name and, if it is given, the description; code and type can be repeated, but not changed.</summary>
    /// <exception cref="RequestRefusedException">400, 404.</exception>
    public async Task<KnownNamespace> UpdateAsync(string organizationId, string id, JsonObject body, CancellationToken cancellationToken)
    {
        KnownNamespace known = await GetAsync(organizationId, id, cancellationToken).ConfigureAwait(false);
        if (!known.IsCustom)
            throw new RequestRefusedException(400, "namespace.standard", $"'{known.Code}' is a standard namespace and cannot be changed.");
        if (!Repeats(body, "code", known.Code) || !Repeats(body, "idType", known.Type))
            throw new RequestRefusedException(400, "namespace.immutable", "The code and the type of a namespace cannot be changed.");
        string name = NamespaceBody.ReadName(body);
        string? description = NamespaceBody.ReadDescription(body);
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        IdentityNamespace row = await context.IdentityNamespaces.SingleAsync(n => n.Id == known.Id, cancellationToken).ConfigureAwait(false);
        row.Name = name;
        row.Description = description ?? row.Description;
        row.UpdatedAt = Now;
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        return NamespaceBook.From(row);
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task<IdentityNamespace?> NewRowAsync(
        ControlPlaneContext context, string organizationId, NamespaceBody body, CancellationToken cancellationToken)
    {
        string key = body.Code.ToLowerInvariant();
        IQueryable<IdentityNamespace> same = context.IdentityNamespaces.Where(n => n.OrganizationId == organizationId && n.CodeKey == key);
        if (await same.AnyAsync(cancellationToken).ConfigureAwait(false)) return null;
        long last = await context.IdentityNamespaces.MaxAsync(n => (long?)n.Id, cancellationToken).ConfigureAwait(false)
            ?? IdentityNamespace.FirstId - 1;
        var row = new IdentityNamespace
        {
            Id = last + 1,
            OrganizationId = organizationId,
            Code = body.Code,
            CodeKey = key,
            Type = body.Type,
            Name = body.Name,
            Description = body.Description,
            CreatedAt = Now,
            UpdatedAt = Now,
        };
        context.IdentityNamespaces.Add(row);
        return row;
    }

    private static LinkingRules With(LinkingRules rules, NamespaceBody body) =>
        rules.WithTypes(new Dictionary<string, string>(rules.Types) { [body.Code] = body.Type });

    private static bool Repeats(JsonObject body, string field, string value) =>
        body.Text(field) is not { } text || text.Equals(value, StringComparison.OrdinalIgnoreCase);

    private static long Number(string id) =>
        long.TryParse(id, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long number) ? number : -1;

    private static RequestRefusedException Unknown(string id) => new(404, "namespace.unknown", $"There is no namespace of the id '{id}'.");

    private static RequestRefusedException Taken(string code) =>
        new(409, "namespace.exists", $"The namespace code '{code}' already exists. Please use a different code.");
}
