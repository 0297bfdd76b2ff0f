using System.Diagnostics;

namespace Muster.Build;

/// <summary>Builds the solution once and runs every test project.</summary>
internal static class TestCommand
{
    // Release: the same output that `dotnet run -c Release --project src/Muster.Cli` uses, and never the folder this program runs from.
    private const string Configuration = "Release";

    public static async Task<int> RunAsync(string root, string[] arguments)
    {
        (string? filter, string? only, bool isLong) = ParseOptions(arguments);
        string[] projects = Directory.GetFiles(Path.Combine(root, "test"), "*.Tests.csproj", SearchOption.AllDirectories)
            .Select(path => Path.GetFileNameWithoutExtension(path)!)
            .Where(name => only is null || name.Contains(only, StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal).ToArray();
        if (projects.Length == 0) throw new BuildException($"No test project's name contains '{only}'.");

        await SystemTools.EnsureAsync(root);
        if (await Child.RunAsync(root, "dotnet", ["build", Repository.Solution, "-c", Configuration, "-v", "quiet", "--nologo"]) != 0)
        {
            Console.WriteLine("The build failed: no test ran.");
            Console.WriteLine(new TestReport(0, 0, [new TestFailure("build", "")]));
            return 1;
        }

        string results = Path.Combine(root, "artifacts", "test-results");
        if (Directory.Exists(results)) Directory.Delete(results, recursive: true);
        Directory.CreateDirectory(results);
        var environment = new Dictionary<string, string>();
        if (isLong) environment["MUSTER_LONG_TESTS"] = "1";

        var reports = new List<TestReport>();
        var limit = new ParallelOptions { MaxDegreeOfParallelism = Math.Clamp(Environment.ProcessorCount, 1, 4) };
        await Parallel.ForEachAsync(projects, limit, async (project, _) =>
        {
            var watch = Stopwatch.StartNew();
            string reportName = $"{project}.trx";
            List<string> call =
            [
                "exec", FindAssembly(root, project), "--report-xunit-trx", "--report-xunit-trx-filename", reportName,
                "--results-directory", results, "--progress", "off",
            ];
            if (filter is not null) call.AddRange(["--filter-method", $"*{filter}*"]);
            (int exitCode, string output) = await Child.CaptureAsync(root, "dotnet", call, environment);
            TestReport report = TestReport.Read(project, Path.Combine(results, reportName), exitCode, output, filter is not null);
            lock (reports)
            {
                reports.Add(report);
                Console.WriteLine($"{project}: {report} ({watch.Elapsed.TotalSeconds:0.0} s)");
            }
        });

        var total = new TestReport(reports.Sum(r => r.Passed), reports.Sum(r => r.Skipped), reports.SelectMany(r => r.Failures).ToArray());
        foreach (TestFailure failure in total.Failures)
            Console.WriteLine($"\nFAILED {failure.Name}\n{failure.Message}");
        if (total is { Passed: 0, Skipped: 0, Failures.Count: 0 }) total = total with { Failures = [new TestFailure("no test ran", "")] };
        Console.WriteLine();
        Console.WriteLine(total);
        return total.Failures.Count == 0 ? 0 : 1;
    }

    /// <summary>The newest build of a test project: its folder is the configuration, with or without a runtime identifier behind it.</summary>
    private static string FindAssembly(string root, string project)
    {
        string folder = Path.Combine(root, "artifacts", "bin", project);
        return (Directory.Exists(folder) ? Directory.GetDirectories(folder) : [])
            .Where(built => Path.GetFileName(built).StartsWith(Configuration, StringComparison.OrdinalIgnoreCase))
            .Select(built => Path.Combine(built, $"{project}.dll")).Where(File.Exists)
            .MaxBy(File.GetLastWriteTimeUtc) ?? throw new BuildException($"{project} was not built.");
    }

    private static (string? Filter, string? Project, bool IsLong) ParseOptions(string[] arguments)
    {
        string? filter = null, project = null;
        bool isLong = false;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--filter" && i + 1 < arguments.Length) filter = arguments[++i];
            else if (arguments[i] == "--project" && i + 1 < arguments.Length) project = arguments[++i];
            else if (arguments[i] == "--long") isLong = true;
            else throw new BuildException($"'{arguments[i]}' is not an option of test, or its value is missing: see `dotnet run --project build -- help`.");
        }
        return (filter, project, isLong);
    }
}
