using System.Reflection;
using System.Xml.Linq;
using Muster.TestSupport;

namespace Muster.Architecture.Tests;

public class ReferenceTests
{
    /// <summary>What each assembly may refer to, of ours: Pql, Engine, Services, Server, Cli in one direction, Storage beside Engine.</summary>
    public static TheoryData<string, string[]> Allowed { get; } = new()
    {
        { "Muster.Pql", [] },
        { "Muster.Engine", ["Muster.Pql"] },
        { "Muster.Storage", ["Muster.Pql", "Muster.Engine"] },
        { "Muster.Services", ["Muster.Pql", "Muster.Engine", "Muster.Storage"] },
        { "Muster.Server", ["Muster.Pql", "Muster.Engine", "Muster.Storage", "Muster.Services"] },
        { "muster", ["Muster.Pql", "Muster.Engine", "Muster.Storage", "Muster.Services", "Muster.Server"] },
    };

    /// <summary>The assemblies that alone may know a third party's.</summary>
    public static TheoryData<string, string[]> Owners { get; } = new()
    {
        { "DuckDB.", ["Muster.Storage"] },
        { "RocksDbSharp", ["Muster.Storage"] },
        { "Microsoft.Data.Sqlite", ["Muster.Storage"] },
        { "Microsoft.EntityFrameworkCore.Sqlite", ["Muster.Storage"] },
        { "Quartz", ["Muster.Services", "Muster.Server"] },
        { "Microsoft.AspNetCore", ["Muster.Server", "muster"] },
        { "System.CommandLine", ["muster"] },
        { "Spectre.Console", ["muster"] },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void Assembly_References_PointOneWay(string assembly, string[] allowed)
    {
        IEnumerable<string> ours = References(assembly).Where(name => name.StartsWith("muster", StringComparison.OrdinalIgnoreCase));
        Assert.Empty(ours.Except(allowed));
    }

    [Theory]
    [MemberData(nameof(Owners))]
    public void ThirdParty_IsKnown_ToItsOwnersOnly(string package, string[] owners)
    {
        IEnumerable<string> users = Allowed.Select(row => row.Data.Item1).Where(name => References(name).Any(r => r.StartsWith(package, StringComparison.Ordinal)));
        Assert.Empty(users.Except(owners));
    }

    [Fact]
    public void Pql_Project_HasNoPackageAndNoProject()
    {
        XDocument project = XDocument.Load(Path.Combine(RepositoryRoot.Path, "src/Muster.Pql/Muster.Pql.csproj"));
        Assert.DoesNotContain(project.Descendants(), e => e.Name.LocalName is "PackageReference" or "ProjectReference" or "FrameworkReference");
    }

    private static IEnumerable<string> References(string assembly) => Assembly.Load(assembly).GetReferencedAssemblies().Select(name => name.Name!);
}
