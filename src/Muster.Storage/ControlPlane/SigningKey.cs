namespace Muster.Storage.ControlPlane;

/// <summary>The key that signs the tokens of this data folder, made at the first start, so that tokens outlive a restart.</summary>
public sealed class SigningKey
{
    /// <summary>Always 1.</summary>
    public int Id { get; set; }

    /// <summary>32 random bytes.</summary>
    public required byte[] Key { get; set; }
}
