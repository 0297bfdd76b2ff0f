using ArchUnitNET.Loader;
using Type = ArchUnitNET.Domain.IType;

namespace Muster.Architecture.Tests;

/// <summary>Storage meets the engine in column vectors and the language in types, and nowhere else.</summary>
public class StorageSeamTests
{
    private static readonly string[] _seam = ["Muster.Engine.Columns", "Muster.Pql.Types"];

    [Fact]
    public void Storage_OfEngineAndPql_UsesColumnsAndTypesOnly()
    {
        ArchUnitNET.Domain.Architecture architecture = new ArchLoader()
            .LoadAssemblies(System.Reflection.Assembly.Load("Muster.Storage"), System.Reflection.Assembly.Load("Muster.Engine"), System.Reflection.Assembly.Load("Muster.Pql"))
            .Build();
        string[] breaches = architecture.Types
            .Where(type => type.FullName.StartsWith("Muster.Storage.", StringComparison.Ordinal))
            .SelectMany(type => type.Dependencies.Select(dependency => (From: type.FullName, To: dependency.Target)))
            .Where(use => IsOf(use.To, "Muster.Engine") || IsOf(use.To, "Muster.Pql"))
            .Where(use => !_seam.Any(allowed => IsOf(use.To, allowed)))
            .Select(use => $"{use.From} -> {use.To.FullName}").Distinct().Order().ToArray();
        Assert.Empty(breaches);
    }

    private static bool IsOf(Type type, string name) => type.FullName.StartsWith(name + ".", StringComparison.Ordinal);
}
