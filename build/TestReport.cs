using System.Xml;
using System.Xml.Linq;

namespace Muster.Build;

/// <summary>A test that failed, or a project that did (then <paramref name="Name"/> is the project's).</summary>
internal sealed record TestFailure(string Name, string Message);

/// <summary>What a test project did.</summary>
internal sealed record TestReport(int Passed, int Skipped, IReadOnlyList<TestFailure> Failures)
{
    /// <summary>Exit code of Microsoft.Testing.Platform when no test ran.</summary>
    private const int NoTestRan = 8;

    /// <summary>
    /// Judges a run by its report and its exit code. A project that crashed, left no readable report or ran nothing is one failure more, so
    /// it can never pass for a success. With <paramref name="filtered"/>, a project in which nothing matches is empty, not failed.
    /// </summary>
    public static TestReport Read(string project, string reportPath, int exitCode, string output, bool filtered)
    {
        if (filtered && exitCode == NoTestRan) return new TestReport(0, 0, []);
        TestReport report;
        try
        {
            report = Parse(XDocument.Load(reportPath));
        }
        catch (Exception fault) when (fault is IOException or XmlException)
        {
            return Broken(project, $"left no test report (exit code {exitCode})", output);
        }
        if (report is { Passed: 0, Skipped: 0, Failures.Count: 0 }) return Broken(project, "ran no test", output);
        if (exitCode != 0 && report.Failures.Count == 0)
            return report with { Failures = Broken(project, $"ended with exit code {exitCode} though no test failed", output).Failures };
        return report;
    }

    /// <summary>Counts each result of a TRX report by its own outcome; the counters in the file are not needed.</summary>
    public static TestReport Parse(XDocument document)
    {
        int passed = 0, skipped = 0;
        var failures = new List<TestFailure>();
        foreach (XElement result in document.Descendants().Where(e => e.Name.LocalName == "UnitTestResult"))
        {
            string outcome = (string?)result.Attribute("outcome") ?? "";
            if (outcome == "Passed") passed++;
            else if (outcome is "NotExecuted" or "Skipped") skipped++;
            else failures.Add(new TestFailure((string?)result.Attribute("testName") ?? "?", $"{Text(result, "Message")}\n{Text(result, "StackTrace")}".Trim()));
        }
        return new TestReport(passed, skipped, failures);
    }

    /// <summary>The closing line: <c>N passed, N failed</c> and, when there are any, <c>, N skipped</c>.</summary>
    public override string ToString() => $"{Passed} passed, {Failures.Count} failed{(Skipped > 0 ? $", {Skipped} skipped" : "")}";

    private static TestReport Broken(string project, string what, string output) =>
        new(0, 0, [new TestFailure(project, $"The project {what}.\n{string.Join('\n', output.Split('\n').TakeLast(40)).Trim()}")]);

    private static string Text(XElement result, string name) => result.Descendants().FirstOrDefault(e => e.Name.LocalName == name)?.Value ?? "";
}
