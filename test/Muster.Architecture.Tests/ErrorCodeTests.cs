using System.Text.RegularExpressions;
using Muster.TestSupport;

namespace Muster.Architecture.Tests;

public partial class ErrorCodeTests
{
    [Fact]
    public void ErrorCodes_EachInTheSource_HasALineInTheDocument()
    {
        string document = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs/errors.md"));
        string[] codes = Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText)
            .SelectMany(source => Refusals().Matches(source).Concat(Numbered().Matches(source)))
            .Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal).ToArray();
        Assert.True(codes.Length > 40, "The patterns below find the codes.");
        Assert.All(codes, code => Assert.Contains($"`{code}`", document, StringComparison.Ordinal));
    }

    [GeneratedRegex("RequestRefusedException\\(\\s*\\d{3},\\s*\"([^\"]+)\"")]
    private static partial Regex Refusals();

    /// <summary>Codes of the form SERVICE-number-status, and the ten digits of export jobs.</summary>
    [GeneratedRegex("\"((?:UPAPI|UPLIB|UPSEG|INGEST)-\\d+-\\d{3}|\\d{10})\"")]
    private static partial Regex Numbered();
}
