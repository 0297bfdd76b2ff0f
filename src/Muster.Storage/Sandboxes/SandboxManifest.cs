using System.Text.Json;
using Muster.Storage.Profiles;

namespace Muster.Storage.Sandboxes;

/// <summary>
/// One version of the derived state of a sandbox: everything that readers see, by name. Immutable; JSON in the control plane.
/// </summary>
/// <param name="Number">From 1; 0 for the empty state of a new sandbox.</param>
/// <param name="Profiles">Identities, batches applied and profile runs.</param>
/// <param name="Memberships">By graph type the membership file, a name in the membership folder; none before the first segment job.</param>
/// <param name="RemapFile">What became of the ordinals of these files since they were written, a name in the same folder; null for nothing.</param>
public sealed record SandboxManifest(
    long Number, StoreManifest Profiles, IReadOnlyDictionary<GraphType, string> Memberships, string? RemapFile)
{
    /// <summary>The state of a sandbox in which nothing happened.</summary>
    public static SandboxManifest Empty { get; } = new(0, StoreManifest.Empty, new Dictionary<GraphType, string>(), null);

    /// <summary>The names of all its files in the membership folder.</summary>
    public IEnumerable<string> MembershipFiles() => RemapFile is null ? Memberships.Values : Memberships.Values.Append(RemapFile);

    /// <summary>The manifest as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">The text is not a manifest.</exception>
    public static SandboxManifest Parse(string json) => JsonSerializer.Deserialize<SandboxManifest>(json)
        ?? throw new JsonException("The manifest is null.");
}
