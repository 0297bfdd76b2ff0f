using Muster.Storage.ControlPlane;
using Muster.Storage.Identity;

namespace Muster.Services.Identities;

/// <summary>The namespaces of an organisation at one time. Codes match in any case.</summary>
public sealed class NamespaceBook
{
    private readonly Dictionary<string, KnownNamespace> _byCode;
    private readonly Dictionary<long, KnownNamespace> _byId;

    internal NamespaceBook(IEnumerable<IdentityNamespace> custom)
    {
        All =
        [
            .. StandardNamespaces.All.Select(n => new KnownNamespace(n.Id, n.Code, n.Type, n.Name, n.Name, false, 0, 0)),
            .. custom.OrderBy(n => n.Id).Select(From),
        ];
        _byCode = All.ToDictionary(n => n.Code, StringComparer.OrdinalIgnoreCase);
        _byId = All.ToDictionary(n => n.Id);
    }

    /// <summary>All of them by number.</summary>
    public IReadOnlyList<KnownNamespace> All { get; }

    /// <summary>The namespace of a code; null if there is none.</summary>
    public KnownNamespace? Find(string code) => _byCode.GetValueOrDefault(code);

    /// <summary>The namespace of a number; null if there is none.</summary>
    public KnownNamespace? Find(long id) => _byId.GetValueOrDefault(id);

    internal static KnownNamespace From(IdentityNamespace row) =>
        new(row.Id, row.Code, row.Type, row.Name, row.Description, true, row.CreatedAt, row.UpdatedAt);
}
