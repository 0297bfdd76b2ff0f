namespace Muster.Storage.Maintenance;

/// <summary>What a verification found.</summary>
/// <param name="Folder">The data folder.</param>
/// <param name="Problems">What is wrong; docs/invariants.md says what each code means.</param>
/// <param name="Notes">What is not wrong but takes room: files that nothing names.</param>
/// <param name="Checked">How much was looked at, by kind.</param>
public sealed record StoreReport(
    string Folder, IReadOnlyList<StoreProblem> Problems, IReadOnlyList<StoreProblem> Notes, IReadOnlyDictionary<string, long> Checked)
{
    /// <summary>True if nothing is wrong.</summary>
    public bool IsClean => Problems.Count == 0;
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Code">Stable; its invariant is in docs/invariants.md.</param>
/// <param name="Sandbox">The id of the sandbox; null for the folder as a whole.</param>
/// <param name="Place">A file relative to the data folder, or what else it is.</param>
/// <param name="Message">For people.</param>
public sealed record StoreProblem(string Code, string? Sandbox, string Place, string Message);
