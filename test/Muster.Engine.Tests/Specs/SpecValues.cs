using System.Text.Json;

namespace Muster.Engine.Tests.Specs;

/// <summary>Questions about values, as questions about members that the engine can answer.</summary>
internal static class SpecValues
{
    /// <summary>The expected values, one a profile.</summary>
    public static string[] Values(this SpecQuery query) => query.Answer.Split(" | ");

    /// <summary>For each plain value who has it, and who has none.</summary>
    public static IEnumerable<SpecQuery> AsTests(this SpecQuery query, PqlSpec spec)
    {
        if (query.Kind != "value") return [];
        string[] values = query.Values();
        if (values.Any(value => value[0] is '[' or '{')) return [];
        return values.Distinct().Select(value =>
        {
            IEnumerable<int> members = spec.Profiles.Select(p => p.Id).Where((_, i) => values[i] == value);
            string text = value == "null" ? $"({query.Text}).isNull()" : $"({query.Text}) = {Literal(value)}";
            return new SpecQuery($"{query.Id} {value}", "query", text, string.Join(' ', members), []);
        });
    }

    private static string Literal(string json) => JsonDocument.Parse(json).RootElement.ValueKind == JsonValueKind.Number && json.StartsWith('-') ? $"({json})" : json;
}
