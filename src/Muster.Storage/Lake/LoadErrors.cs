namespace Muster.Storage.Lake;

/// <summary>Counts the problems of a load by kind.</summary>
internal sealed class LoadErrors
{
    private const int MaximumKinds = 100;
    private const int PlacesOfKind = 10;

    private readonly Dictionary<RecordProblem, (long Count, List<RecordPlace> Places)> _kinds = [];

    public bool HasFileError { get; private set; }

    /// <summary>Counts one problem; beyond a hundred kinds, problems of one code are counted together.</summary>
    public void Add(RecordProblem problem, RecordPlace place)
    {
        if (!_kinds.ContainsKey(problem) && _kinds.Count >= MaximumKinds)
            problem = problem with { Message = "Further problems of other kinds." };
        (long count, List<RecordPlace> places) = _kinds.GetValueOrDefault(problem, (0, []));
        if (places.Count < PlacesOfKind) places.Add(place);
        _kinds[problem] = (count + 1, places);
    }

    /// <summary>Notes why a file as a whole cannot be used.</summary>
    public void AddFile(string fileName, RecordProblem problem)
    {
        HasFileError = true;
        Add(problem, new RecordPlace(fileName, 0));
    }

    public IReadOnlyList<LoadError> ToList() =>
        [.. _kinds
            .OrderByDescending(k => k.Value.Count)
            .Select(k => new LoadError(k.Key.Code, k.Key.Message, k.Value.Count, k.Value.Places))];
}
