using System.Text.Json;
using Muster.Pql.Time;
using Muster.Pql.Types;

namespace Muster.Engine.Tests.Specs;

/// <summary>
/// A script: <c>now</c>, <c>schema</c> (a type, up to an empty line), <c>profiles</c> (one a line: id and JSON), then queries, each with
/// the ids of
/// its members after <c>=&gt;</c> (<c>none</c> for nobody). A query may be named <c>segment NAME</c> and then be asked for by inSegment.
/// Lines that
/// begin with # are comments.
/// </summary>
internal sealed record PqlSpec(ProfileSchema Schema, long Now, IReadOnlyList<(int Id, JsonElement Record)> Profiles, IReadOnlyList<SpecQuery> Queries)
{
    public static PqlSpec Read(string path)
    {
        long now = 0;
        string schema = "", section = "", query = "", name = "";
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
                case "query":
                case "segment":
                    if (word == "=>")
                    {
                        queries.Add(new SpecQuery(name.Length > 0 ? name : $"query {queries.Count + 1}", query.Trim(), rest));
                        (section, query, name) = ("", "", "");
                        break;
                    }
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

/// <summary>A query of a script and who it should select, as written.</summary>
internal sealed record SpecQuery(string Id, string Text, string Members);
