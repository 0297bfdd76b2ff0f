namespace Muster.Services.Entities;

/// <summary>Bounds of entity access.</summary>
public static class EntityLimits
{
    /// <summary>The most identities of a bulk request.</summary>
    public const int MaxIdentities = 1000;

    /// <summary>The most events of a page.</summary>
    public const int MaxPage = 1000;

    /// <summary>The most conditions on fields of events.</summary>
    public const int MaxConditions = 3;

    /// <summary>The most identities of one person; the identity graph keeps to it, so only a store of an older version can have more.</summary>
    public const int MaxGraph = 50;
}
