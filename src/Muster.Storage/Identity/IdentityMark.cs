namespace Muster.Storage.Identity;

/// <summary>
/// What is left to say of an identity map that holds one identity alone, when that identity is known: a byte. Nearly all events have such a map, and a
/// nested value costs more to sort and to store than all other fields of an event together, so runs keep the mark and make the map again where it
/// is read.
/// </summary>
internal static class IdentityMark
{
    /// <summary>The mark of a map that is kept whole: of several identities, of a namespace in another spelling than ours, or with further fields.</summary>
    public const byte Whole = 0;

    private const int Flags = 3;

    /// <summary>The states that have a mark.</summary>
    public static IReadOnlyList<string> States { get; } = ["ambiguous", "authenticated", "loggedOut"];

    /// <summary>The mark of a map with one identity.</summary>
    /// <param name="primary">Its field <c>primary</c>.</param>
    /// <param name="state">Its field <c>authenticatedState</c>, UTF-8.</param>
    /// <param name="hasState">False where the field is null.</param>
    public static byte Of(bool? primary, ReadOnlySpan<byte> state, bool hasState)
    {
        int number = !hasState ? 0 : state.SequenceEqual("ambiguous"u8) ? 1 : state.SequenceEqual("authenticated"u8) ? 2 : state.SequenceEqual("loggedOut"u8) ? 3 : -1;
        if (number < 0) return Whole;
        int flag = primary is null ? 0 : primary.Value ? 2 : 1;
        return (byte)(1 + flag + (Flags * number));
    }

    /// <summary>SQL of the field <c>primary</c> of a mark that is not <see cref="Whole"/>.</summary>
    public static string Primary(string mark) => $"[NULL, false, true][(({mark} - 1) % {Flags}) + 1]";

    /// <summary>SQL of the field <c>authenticatedState</c> of a mark that is not <see cref="Whole"/>.</summary>
    public static string State(string mark) => $"[NULL, {string.Join(", ", States.Select(s => $"'{s}'"))}][(({mark} - 1) // {Flags}) + 1]";
}
