namespace Muster.Engine.Tests.Fuzz;

/// <summary>Changes texts at random: cuts, doubles, swaps, and puts in pieces of others and characters that hurt.</summary>
internal sealed class Mutation(Random random, IReadOnlyList<string> corpus)
{
    private static readonly string[] Pieces =
    [
        "(", ")", "[", "]", "{", "}", "\"", "'", "`", "\\", ".", ",", "^", "$1", "@{", "=>", "?:", "-", "!", "not ", " and ", " or ", " in ", "null", "this", "0", "9223372036854775807",
        "1e308", "\ud800", "\udc00", "\0", "\u00a0", "let x = ", "exists V from ", "CHAIN(", ".count()", "[this]", "xEvent", "\"nodeType\":", "{\"nodeType\":\"fnApply\",",
    ];

    public string Next()
    {
        string text = corpus[random.Next(corpus.Count)];
        for (int i = random.Next(1, 4); i > 0; i--) text = Once(text);
        return text;
    }

    private string Once(string text)
    {
        int start = random.Next(text.Length + 1), end = Math.Min(text.Length, start + random.Next(1, 12));
        return random.Next(6) switch
        {
            0 => text.Remove(start, end - start),
            1 => text.Insert(start, Pieces[random.Next(Pieces.Length)]),
            2 => text.Insert(start, text[start..end]),
            3 => text[..start] + Pieces[random.Next(Pieces.Length)] + text[end..],
            4 => Spliced(text, corpus[random.Next(corpus.Count)]),
            _ => text.Insert(start, ((char)random.Next(32, 300)).ToString()),
        };
    }

    /// <summary>A word of one in the place of a word of the other.</summary>
    private string Spliced(string text, string other)
    {
        string[] words = text.Split(' '), others = other.Split(' ');
        words[random.Next(words.Length)] = others[random.Next(others.Length)];
        return string.Join(' ', words);
    }
}
