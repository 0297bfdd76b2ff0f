using Muster.Cli.Demo;
using Muster.Pql;
using Muster.Pql.Types;

namespace Muster.Cli.Tests.Demo;

public class DemoAudienceTests
{
    [Fact]
    public void All_Are_Twelve() => Assert.Equal(12, DemoAudience.All.Select(audience => audience.Name).Distinct().Count());

    [Fact]
    public void All_Compile_AndReferOnlyToEarlierOnes()
    {
        var ids = new Dictionary<string, string>();
        foreach (DemoAudience audience in DemoAudience.All)
        {
            string query = audience.Resolve(ids);
            Assert.DoesNotContain("{", query);
            PqlCompilation compilation = PqlCompiler.CompileSegment(query, PqlFormat.Text, ProfileSchema.Untyped);
            Assert.True(compilation.Succeeded, $"{audience.Name}: {string.Join("; ", compilation.Diagnostics)}");
            ids.Add(audience.Name, Guid.NewGuid().ToString());
        }
    }
}
