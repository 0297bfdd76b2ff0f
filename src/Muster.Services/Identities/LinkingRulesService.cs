using System.Text.Json.Nodes;
using Muster.Services.Requests;
using Muster.Services.Tenancy;
using Muster.Storage.Identity;
using Muster.Storage.Journal;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Identities;

/// <summary>
/// Which identities of a sandbox may be one person. Its manifest holds the rules, so they change and count in one commit, for all that is known
/// (docs/adr/0022). Thread-safe.
/// </summary>
/// <param name="namespaces">What rules can name.</param>
/// <param name="stores">Hold the rules.</param>
public sealed class LinkingRulesService(NamespaceService namespaces, SandboxStores stores)
{
    /// <summary>The rules that hold.</summary>
    public async Task<LinkingRules> GetAsync(SandboxScope scope) =>
        (await stores.GetAsync(scope.SandboxId).ConfigureAwait(false)).Manifest.Profiles.Rules;

    /// <summary>Replaces the unique namespaces and the priorities; one that is absent is empty.</summary>
    /// <exception cref="RequestRefusedException">400.</exception>
    public async Task<LinkingRules> SetAsync(SandboxScope scope, JsonObject body, CancellationToken cancellationToken)
    {
        NamespaceBook book = await namespaces.LoadAsync(scope.OrganizationId, cancellationToken).ConfigureAwait(false);
        string[] unique = Codes(book, body, "uniqueNamespaces"), priority = Codes(book, body, "priority");
        RequireOrder(book, priority);
        SandboxStore store = await stores.GetAsync(scope.SandboxId).ConfigureAwait(false);
        LinkingRules rules = LinkingRules.None;
        PreparedApply prepared = await store.PrepareAsync(profiles => new StoreChange
        {
            Rules = rules = profiles.Current.Rules with { UniqueNamespaces = unique, Priority = priority },
        }, null, cancellationToken).ConfigureAwait(false);
        await store.CommitAsync(prepared, JournalKinds.LinkingRulesChanged, new { uniqueNamespaces = unique, priority },
            (_, _) => Task.FromResult(true), cancellationToken).ConfigureAwait(false);
        return rules;
    }

    private static string[] Codes(NamespaceBook book, JsonObject body, string field)
    {
        var codes = new List<string>();
        foreach (string text in body.Texts(field) ?? [])
        {
            KnownNamespace known = book.Find(text)
                ?? throw new RequestRefusedException(
                    400, "linking.namespace", $"The field '{field}' names '{text}', which is no namespace of the organization.");
            if (!IdentityTypes.Links(known.Type)) throw JsonFields.WrongValue(field, $"names '{known.Code}', whose identities are in no graph");
            if (codes.Contains(known.Code)) throw JsonFields.WrongValue(field, $"names '{known.Code}' twice");
            codes.Add(known.Code);
        }
        return [.. codes];
    }

    private static void RequireOrder(NamespaceBook book, string[] priority)
    {
        string? thing = null;
        foreach (string code in priority)
        {
            if (!IdentityTypes.IsPerson(book.Find(code)!.Type)) thing ??= code;
            else if (thing is not null) throw new RequestRefusedException(
                400, "linking.priority", $"'{thing}' names devices or browsers and cannot come before '{code}', which names people.");
        }
    }
}
