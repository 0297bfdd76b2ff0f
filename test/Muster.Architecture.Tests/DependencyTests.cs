using System.Xml.Linq;
using Muster.TestSupport;

namespace Muster.Architecture.Tests;

public class DependencyTests
{
    [Fact]
    public void Packages_EachHas_ALineInTheDocument()
    {
        string document = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs/dependencies.md"));
        IEnumerable<string> packages = XDocument.Load(Path.Combine(RepositoryRoot.Path, "Directory.Packages.props"))
            .Descendants("PackageVersion").Select(e => e.Attribute("Include")!.Value);
        Assert.All(packages, package => Assert.Contains($"`{package}`", document));
    }
}
