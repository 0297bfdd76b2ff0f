namespace Muster.Pql.Binding;

/// <summary>Proposes what was probably meant by a name that does not exist.</summary>
internal static class NearestName
{
    /// <summary>"; did you mean 'x'?" for a name that was found, or nothing.</summary>
    public static string Proposal(string? nearest) => nearest is null ? "" : $"; did you mean '{nearest}'";

    /// <summary>The nearest candidate; null when none is near.</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        // Long names are no typing errors, and the distance costs their product.
        if (name.Length is 0 or > 100) return null;
        string? best = null;
        int bestDistance = Math.Max(1, name.Length / 3) + 1;
        foreach (string candidate in candidates)
        {
            if (Math.Abs(candidate.Length - name.Length) >= bestDistance) continue;
            int distance = Distance(name, candidate);
            if (distance >= bestDistance) continue;
            best = candidate;
            bestDistance = distance;
        }
        return best;
    }

    /// <summary>Levenshtein's distance, case of letters at no cost.</summary>
    private static int Distance(string a, string b)
    {
        int[] previous = new int[b.Length + 1], current = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) previous[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + cost);
            }
            (previous, current) = (current, previous);
        }
        return previous[b.Length];
    }
}
