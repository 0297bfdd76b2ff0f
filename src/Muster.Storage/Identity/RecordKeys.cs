namespace Muster.Storage.Identity;

/// <summary>Whose the records of a lake file are.</summary>
/// <param name="Identities">The ordinal of the primary identity by row; -1 for a record without any.</param>
/// <param name="Marks">The <see cref="IdentityMark"/> by row.</param>
internal sealed record RecordKeys(int[] Identities, byte[] Marks);
