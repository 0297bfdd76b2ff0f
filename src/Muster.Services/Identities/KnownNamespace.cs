namespace Muster.Services.Identities;

/// <summary>A namespace that an organisation can use, standard or its own.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Code">What identity maps name it by.</param>
/// <param name="Type">Such as <c>CROSS_DEVICE</c>.</param>
/// <param name="Name">For people.</param>
/// <param name="Description">For people.</param>
/// <param name="IsCustom">False for standard ones.</param>
/// <param name="CreatedAt">Milliseconds since the epoch; 0 for standard ones.</param>
/// <param name="UpdatedAt">Milliseconds since the epoch; 0 for standard ones.</param>
public sealed record KnownNamespace(
    long Id, string Code, string Type, string Name, string Description, bool IsCustom, long CreatedAt, long UpdatedAt);
