using System.Text;
using Muster.TestSupport;

namespace Muster.Engine.Tests.Specs;

/// <summary>docs/pql/conformance.md, made from the rules that the scripts name: a rule is there only with a question that shows it.</summary>
internal static class ConformancePage
{
    public static readonly string Location = Path.Combine(RepositoryRoot.Path, "docs", "pql", "conformance.md");

    private static readonly (string Number, string Title)[] Sections =
    [
        ("1", "Evaluation"), ("2", "Lexical structure"), ("3", "Types and coercion"), ("4", "Null"), ("5", "Precedence and syntax"), ("7", "Names and scopes"),
        ("8", "Paths, arrays, maps, objects"), ("9", "Quantifiers, select, let, lambdas"), ("10", "Sequences"), ("11", "Time"),
        ("12.1", "Booleans, comparison, arithmetic, conditions"), ("12.2", "Tests of texts"), ("12.3", "Functions of arrays"), ("12.4", "Maps and presence"),
        ("12.5", "Dates"), ("12.7", "The library"), ("13", "pql/json"), ("14", "Envelope"), ("15", "Membership"), ("16", "Ways of evaluation"), ("17", "Rules of interfaces"),
    ];

    public static string Write()
    {
        var rules = SpecFiles.Names
            .SelectMany(name => SpecFiles.Read(name).Queries.SelectMany(query => query.Rules.Select(rule => (Rule: Cut(rule), name, query))))
            .GroupBy(found => found.Rule.Number, StringComparer.Ordinal).OrderBy(group => group.Key, Comparer<string>.Create(ByNumber)).ToList();
        StringBuilder text = new("# Conformance\n\n<!-- Made from the rules in specs by ConformancePageTests; MUSTER_WRITE_DOCS=1 writes it. -->\n\n");
        text.Append("Every rule of the language, with questions that show it. All of them pass in every configuration: interpreter and engine, blocks of one, seven and all\n"
            + "profiles, other encodings of the columns, through the JSON form and back. An ADR in a rule says where it departs from what is published, or what was left open.\n");
        text.Append($"\n{rules.Count} rules, {rules.Sum(rule => rule.Count())} questions.\n");
        foreach ((string number, string title) in Sections)
        {
            var inSection = rules.Where(rule => SectionOf(rule.Key) == number).ToList();
            if (inSection.Count == 0) continue;
            text.Append($"\n## {number} {title}\n\n| rule | | shown by | |\n| --- | --- | --- | --- |\n");
            foreach (var rule in inSection)
            {
                string shown = string.Join("<br>", rule.Select(found => $"{found.query.Kind} `{Shortened(found.query.Text)}`"));
                text.Append($"| {rule.Key} | {Escape(rule.First().Rule.Text)} | {shown} | [{rule.First().name}](../../specs/{rule.First().name}.pqlspec) |\n");
            }
        }
        return text.ToString();
    }

    public static (string Number, string Text) Cut(string rule) => (rule[..rule.IndexOf(' ')], rule[(rule.IndexOf(' ') + 1)..]);

    public static string? SectionOf(string number) => Sections.Select(section => section.Number).OrderByDescending(section => section.Length)
        .FirstOrDefault(section => number.StartsWith(section + ".", StringComparison.Ordinal));

    private static int ByNumber(string a, string b)
    {
        int[] first = a.Split('.').Select(int.Parse).ToArray(), second = b.Split('.').Select(int.Parse).ToArray();
        for (int i = 0; i < Math.Min(first.Length, second.Length); i++)
            if (first[i] != second[i]) return first[i].CompareTo(second[i]);
        return first.Length.CompareTo(second.Length);
    }

    private static string Shortened(string query)
    {
        string line = string.Join(' ', query.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
        return (line.Length > 110 ? line[..110] + " ..." : line).Replace("|", "\\|", StringComparison.Ordinal).Replace("`", "'", StringComparison.Ordinal);
    }

    private static string Escape(string prose) => prose.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("*", "\\*", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
