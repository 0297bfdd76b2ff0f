namespace Muster.Services.Ingestion;

/// <summary>
/// The path under which a client sends a file to a batch. It only names the file: storage uses names of its own, so a path can reach
/// nothing. It is refused all the same when it could mean something else elsewhere.
/// </summary>
public static class UploadPath
{
    /// <summary>The longest path, in characters.</summary>
    public const int MaximumLength = 1024;

    /// <summary>Checks and normalises a decoded path.</summary>
    /// <param name="path">As the client sent it, percent-decoding done.</param>
    /// <returns>The path in Unicode form C, parts joined by <c>/</c>.</returns>
    /// <exception cref="RequestRefusedException">400 <c>path.invalid</c>: absolute, too long, with <c>.</c>, <c>..</c>, an empty part, a
    /// backslash or a control character.</exception>
    public static string Normalize(string path)
    {
        if (path.Length == 0) throw Refused("it is empty");
        if (path.Length > MaximumLength) throw Refused($"it is longer than {MaximumLength} characters");
        if (path[0] is '/' or '\\' || (path.Length > 1 && path[1] == ':' && char.IsAsciiLetter(path[0]))) throw Refused("it is absolute");
        foreach (char c in path)
        {
            if (char.IsControl(c)) throw Refused("it holds a control character");
            if (char.IsSurrogate(c) && !IsWellFormed(path)) throw Refused("it is not well-formed Unicode");
            if (c == '\\') throw Refused("it holds a backslash");
        }

        foreach (string part in path.Split('/'))
        {
            if (part.Length == 0) throw Refused("it has an empty part");
            if (part is "." or "..") throw Refused($"it has the part '{part}'");
        }

        return path.Normalize();
    }

    private static bool IsWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }

        return true;
    }

    private static RequestRefusedException Refused(string why) =>
        new(400, "path.invalid", $"The file path is not usable: {why}. Give a relative path such as 'part-1.json' or 'day=1/part-1.json'.");
}
