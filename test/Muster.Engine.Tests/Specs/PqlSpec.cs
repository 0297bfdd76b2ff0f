using System.Text.Json;
using Muster.Pql.Time;
using Muster.Pql.Types;

namespace Muster.Engine.Tests.Specs;

/// <summary>
/// A script: <c>now</c>, <c>schema</c> (a type, up to an empty line), <c>profiles</c> (one a line: id and JSON), then questions, each with its
/// answer after <c>=&gt;</c>:
/// <c>query</c> (or <c>segment NAME</c>, which inSegment can ask for, or <c>json</c> in the JSON form) with the ids of its members or
/// <c>none</c>; <c>value</c> with the value for each profile as JSON, with | between; <c>diagnose</c> with the codes of its diagnostics;
/// <c>same</c> with another text of the same tree; <c>form</c> with its JSON form. <c>rule NUMBER TEXT</c> before a question names a rule of the language that it shows.
/// Lines that begin with # are comments.
/// </summary>
internal sealed record PqlSpec(ProfileSchema Schema, long Now, IReadOnlyList<(int Id, JsonElement Record)> Profiles, IReadOnlyList<SpecQuery> Queries)
{
    public static PqlSpec Read(string path)
    {
        long now = 0;
        string schema = "", section = "", query = "", name = "", kind = "";
        var rules = new List<string>();
        var profiles = new List<(int, JsonElement)>();
        var queries = new List<SpecQuery>();
        foreach (string line in File.ReadLines(path))
        {
            if (line.StartsWith('#')) continue;
            if (line.Trim().Length == 0)
            {
                section = "";
                continue;
            }
            (string word, string rest) = line.IndexOf(' ') is >= 0 and var blank ? (line[..blank], line[(blank + 1)..].Trim()) : (line, "");
            switch (section.Length == 0 ? word : section)
            {
                case "now":
                    now = IsoTime.ParseTimestamp(rest) ?? throw new FormatException(line);
                    break;
                case "schema":
                    schema += section.Length == 0 ? rest : line;
                    section = "schema";
                    break;
                case "profiles":
                    if (section.Length > 0) profiles.Add((int.Parse(word), JsonDocument.Parse(rest).RootElement));
                    section = "profiles";
                    break;
                case "rule":
                    rules.Add(rest);
                    break;
                case "query" or "segment" or "json" or "value" or "diagnose" or "same" or "form":
                    if (word == "=>")
                    {
                        queries.Add(new SpecQuery(name.Length > 0 ? name : $"query {queries.Count + 1}", kind, query.Trim(), rest, [.. rules]));
                        (section, query, name) = ("", "", "");
                        rules.Clear();
                        break;
                    }
                    if (section.Length == 0) kind = word == "segment" ? "query" : word;
                    if (section.Length == 0 && word == "segment") (name, rest) = (rest, "");
                    query += section.Length == 0 ? rest : "\n" + line;
                    section = "query";
                    break;
                default: throw new FormatException($"{path}: {line}");
            }
        }
        return new PqlSpec(new ProfileSchema(TypeNotation.Parse(schema), isOpen: false), now, profiles, queries);
    }
}

/// <summary>A question of a script with its answer, as written.</summary>
/// <param name="Id">What inSegment calls it.</param>
/// <param name="Kind">query, json, value, diagnose, same or form.</param>
/// <param name="Text">What is asked.</param>
/// <param name="Answer">What is expected.</param>
/// <param name="Rules">Number and text of the rules that it shows.</param>
internal sealed record SpecQuery(string Id, string Kind, string Text, string Answer, IReadOnlyList<string> Rules);
