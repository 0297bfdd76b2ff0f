using Muster.Services.Tenancy;

namespace Muster.Services.Tests.Tenancy;

public sealed class SecretHashTests
{
    [Fact]
    public void Make_SameSecretTwice_TwoSaltsBothMatch()
    {
        string first = SecretHash.Make("secret"), second = SecretHash.Make("secret");
        Assert.NotEqual(first, second);
        Assert.True(SecretHash.Matches("secret", first));
        Assert.True(SecretHash.Matches("secret", second));
        Assert.False(SecretHash.Matches("Secret", first));
        Assert.DoesNotContain("secret", first, StringComparison.Ordinal);
    }
}
