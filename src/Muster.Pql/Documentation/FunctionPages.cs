using System.Text;
using Muster.Pql.Dialects;
using Muster.Pql.Functions;

namespace Muster.Pql.Documentation;

/// <summary>The documentation of the functions as Markdown, made from the catalogue: a page a group and a table of all.</summary>
public static class FunctionPages
{
    private static readonly Dictionary<string, string> Titles = new(StringComparer.Ordinal)
    {
        ["logic"] = "Conditions, comparison and presence",
        ["strings"] = "Tests of texts",
        ["texts"] = "Texts",
        ["arrays"] = "Arrays",
        ["maps"] = "Maps and objects",
        ["dates"] = "Dates and instants",
        ["numbers"] = "Numbers",
    };

    /// <summary>File names with their contents, for the folder docs/pql.</summary>
    public static IReadOnlyDictionary<string, string> Write()
    {
        Dictionary<string, string> pages = new(StringComparer.Ordinal) { ["functions.md"] = Overview(), ["forms.md"] = Forms() };
        foreach (string group in FunctionCatalogue.Groups) pages[$"functions-{group}.md"] = Page(group);
        return pages;
    }

    private static IEnumerable<FunctionDefinition> In(string group) =>
        FunctionCatalogue.All.Values.Where(function => function.Group == group).OrderBy(function => function.Name, StringComparer.Ordinal);

    private static string Overview()
    {
        StringBuilder text = new();
        text.Append("# Functions of PQL\n\n<!-- Made by `muster pql docs`; a test compares. -->\n\n");
        text.Append("`x.f(a)` and `f(x, a)` are the same call. Names are case-sensitive. *Of null* is the result when the receiver or a required argument is null.\n\n");
        foreach (string group in FunctionCatalogue.Groups)
        {
            text.Append("## [").Append(Titles[group]).Append("](functions-").Append(group)
                .Append(".md)\n\n| function | of null | |\n| --- | --- | --- |\n");
            foreach (FunctionDefinition function in In(group))
                text.Append($"| [`{function.Name}`](functions-{group}.md#{Anchor(function.Name)}) | {function.OfNull} | {Escape(function.Summary)} |\n");
            text.Append('\n');
        }
        text.Append("## Not here\n\n| function | why |\n| --- | --- |\n");
        foreach ((string name, string reason) in FunctionCatalogue.Withheld.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            text.Append($"| `{name}` | {reason} |\n");
        text.Append("\n## The profile of the examples\n\nThe run's instant is ").Append(SampleProfile.Now).Append(".\n\n```json\n")
            .Append(SampleProfile.Json).Append("\n```\n");
        return text.ToString();
    }

    private static string Forms()
    {
        StringBuilder text = new("# Forms that are not documented\n\n<!-- Made by `muster pql docs`; a test compares. -->\n\n");
        text.Append("Each can be switched on or off by itself: `PqlDialect`, ADR 0030.\n\n| form | by default | example | why it is here |\n| --- | --- | --- | --- |\n");
        foreach (LenientFormInfo form in PqlDialect.Forms)
            text.Append($"| `{form.Form}` | {(form.IsAccepted ? "accepted" : "refused")} | {Escape(form.Example)} | {form.Reason} |\n");
        return text.ToString();
    }

    private static string Page(string group)
    {
        StringBuilder text = new($"# {Titles[group]}\n\n<!-- Made by `muster pql docs`; a test compares. -->\n\n[All functions](functions.md)\n");
        foreach (FunctionDefinition function in In(group))
        {
            text.Append($"\n## {function.Name}\n\n`{function.Signature}`\n\n{Escape(function.Summary)} Of null: {function.OfNull}.\n\n");
            if (function.Scalar is { DependsOnNow: true }) text.Append("Depends on the run's instant.\n\n");
            text.Append("| expression | value |\n| --- | --- |\n");
            foreach (FunctionExample example in function.Examples)
                text.Append($"| `{Cell(example.Query)}` | `{Cell(example.Result)}` |\n");
        }
        return text.ToString();
    }

    private static string Anchor(string name) => name.ToLowerInvariant();

    private static string Cell(string code) => code.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Escape(string prose) => prose.Replace("|", "\\|", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);
}
