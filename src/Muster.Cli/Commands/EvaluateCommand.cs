using System.CommandLine;
using System.Globalization;
using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Services.Offline;

namespace Muster.Cli.Commands;

/// <summary><c>muster evaluate</c>: PQL over files, no server.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        Option<string[]> profiles = Files("--profiles", "Profile records: XDM JSON Lines, gzip or not, or Parquet. May be absent.", isRequired: false);
        Option<string[]> events = Files("--events", "Experience events, likewise. May be absent.", isRequired: false);
        var segments = new Option<string>("--segments")
        {
            Description = """A file with one {"id","pql","format"?} a line.""",
            HelpName = "FILE",
            Required = true,
        };
        var asOf = new Option<DateTimeOffset>("--as-of")
        {
            Description = "The instant (RFC 3339) that 'now' is; later events are hidden.",
            HelpName = "RFC3339",
            Required = true,
            CustomParser = ParseInstant,
        };
        var output = new Option<string>("--output")
        {
            Description = """json: {"id","count"} or {"id","error"} a line, in the order of the file; table: for people.""",
            DefaultValueFactory = _ => "json",
        };
        output.AcceptOnlyFromAmong("json", "table");
        var costs = new Option<bool>("--costs")
        {
            Description = "Tells what each segment cost: units of work and time, shared expressions divided among their users.",
        };
        var budget = new Option<long?>("--budget")
        {
            Description = "The most units of work that a segment may cost; one that needs more fails alone.",
            HelpName = "UNITS",
        };
        var explainPlan = new Option<bool>("--explain-plan")
        {
            Description = "Prints how the segments would be evaluated, and evaluates nothing.",
        };
        var explain = new Option<string>("--explain")
        {
            Description = "Tells why the profile of an identity is in each segment or not, and what it lacks.",
            HelpName = "NAMESPACE:ID",
        };
        var withoutRules = new Option<string[]>("--without-rules")
        {
            Description = "Rules of the planner that are not applied, or 'all'. The counts are the same.",
            HelpName = "RULE...",
            AllowMultipleArgumentsPerToken = true,
        };
        var json = new Option<bool>("--json") { Description = "Plans and explanations as JSON." };
        var command = new VerbCommand("evaluate", "Counts who qualifies for segments over files.",
            "muster evaluate --events events.jsonl.gz --segments segments.jsonl --as-of 2026-01-01T00:00:00Z",
            "muster evaluate --profiles a.jsonl b.jsonl --events events.parquet --segments segments.jsonl --as-of 2026-01-01T00:00:00Z --output table",
            "muster evaluate --events events.jsonl.gz --segments segments.jsonl --as-of 2026-01-01T00:00:00Z --explain Email:somebody@example.com")
        {
            profiles, events, segments, asOf, output, costs, budget, explainPlan, explain, withoutRules, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string[] profileFiles = parsed.GetValue(profiles) ?? [], eventFiles = parsed.GetValue(events) ?? [];
            string segmentFile = parsed.GetRequiredValue(segments);
            foreach (string file in profileFiles.Concat(eventFiles).Append(segmentFile))
                if (!File.Exists(file)) throw new CommandFailedException($"There is no file '{file}'.");
            string work = Directory.CreateTempSubdirectory("muster-evaluate-").FullName;
            try
            {
                string[] without = parsed.GetValue(withoutRules) ?? [];
                var request = new OfflineRequest(profileFiles, eventFiles, SegmentLines.Read(segmentFile), parsed.GetRequiredValue(asOf),
                    work)
                {
                    Budget = parsed.GetValue(budget) is { } units ? new WorkBudget(units, units) : WorkBudget.Unlimited,
                    WithoutRules = (without is ["all"] ? PlanRules.Names : without).ToHashSet(StringComparer.Ordinal),
                };
                if (request.WithoutRules.FirstOrDefault(rule => !PlanRules.Names.Contains(rule)) is { } unknown)
                    throw new CommandFailedException($"There is no rule '{unknown}'. Rules: {string.Join(", ", PlanRules.Names)}.");
                TextWriter writer = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(explainPlan))
                    return EvaluatePlanOutput.Write(writer, await OfflineEvaluation.PlanAsync(request, cancellationToken),
                        parsed.GetValue(json));
                if (parsed.GetValue(explain) is { } profile)
                {
                    (string ns, string id) = profile.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon
                        ? (profile[..colon], profile[(colon + 1)..])
                        : throw new CommandFailedException($"'{profile}' is no identity: write it like Email:somebody@example.com.");
                    IReadOnlyList<OfflineExplanation> found = await OfflineEvaluation.ExplainAsync(request, ns, id, cancellationToken)
                        ?? throw new CommandFailedException($"Nobody has the identity '{id}' in the namespace '{ns}'.");
                    return ExplanationOutput.Write(writer, found, parsed.GetValue(json));
                }
                bool showsCosts = parsed.GetValue(costs);
                OfflineReport report = await OfflineEvaluation.RunAsync(request, cancellationToken);
                if (parsed.GetValue(output) == "table") EvaluateOutput.WriteTable(writer, report, showsCosts);
                else await EvaluateOutput.WriteLinesAsync(writer, report, showsCosts);
                return report.Results.All(result => result.Error is null) ? ExitCode.Success : ExitCode.Failed;
            }
            catch (InvalidDataException fault)
            {
                throw new CommandFailedException(fault.Message);
            }
            finally
            {
                Directory.Delete(work, recursive: true);
            }
        });
        return command;
    }

    private static Option<string[]> Files(string name, string description, bool isRequired) =>
        new(name) { Description = description, HelpName = "FILE...", AllowMultipleArgumentsPerToken = true, Required = isRequired };

    private static DateTimeOffset ParseInstant(System.CommandLine.Parsing.ArgumentResult result)
    {
        string text = result.Tokens is [{ } token] ? token.Value : "";
        const DateTimeStyles Universal = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (text.Contains('T', StringComparison.OrdinalIgnoreCase)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Universal, out DateTimeOffset instant))
            return instant;
        result.AddError($"'{text}' is no instant: write it like 2026-01-01T00:00:00Z.");
        return default;
    }
}
