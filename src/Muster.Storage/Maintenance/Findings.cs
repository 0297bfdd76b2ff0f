namespace Muster.Storage.Maintenance;

/// <summary>Collects what a verification finds. Not thread-safe.</summary>
internal sealed class Findings
{
    // A file that is damaged all over would fill the screen with one fault.
    private const int MostOfACode = 20;

    private readonly List<StoreProblem> _problems = [];
    private readonly List<StoreProblem> _notes = [];
    private readonly SortedDictionary<string, long> _checked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _byCode = new(StringComparer.Ordinal);

    /// <summary>The sandbox that is looked at; null for the folder.</summary>
    public string? Sandbox { get; set; }

    /// <summary>Where something is wrong.</summary>
    public IReadOnlySet<string> Places => _problems.Select(p => p.Place).ToHashSet(StringComparer.Ordinal);

    /// <summary>True if what the control plane says can be read, so that it can be compared with the files.</summary>
    public bool CanCompare => !((string[])["control.row", "manifest.damaged", "manifest.old"]).Any(_byCode.ContainsKey);

    /// <summary>Something is wrong.</summary>
    public void Add(string code, string place, string message)
    {
        int times = _byCode[code] = _byCode.GetValueOrDefault(code) + 1;
        if (times <= MostOfACode) _problems.Add(new StoreProblem(code, Sandbox, place, message));
        else if (times == MostOfACode + 1) _problems.Add(new StoreProblem(code, null, "", $"More of {code} is not listed."));
    }

    /// <summary>Forgets what was found at some places.</summary>
    public void Forget(IReadOnlySet<string> places) => _problems.RemoveAll(p => places.Contains(p.Place));

    /// <summary>Something is worth knowing.</summary>
    public void Note(string code, string place, string message) => _notes.Add(new StoreProblem(code, Sandbox, place, message));

    /// <summary>So many of a kind were looked at.</summary>
    public void Count(string kind, long number) => _checked[kind] = _checked.GetValueOrDefault(kind) + number;

    /// <summary>All of it.</summary>
    public StoreReport ToReport(string folder) => new(folder, _problems, _notes, _checked);
}
