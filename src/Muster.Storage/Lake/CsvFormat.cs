namespace Muster.Storage.Lake;

/// <summary>How a CSV file is written. Its charset is UTF-8; line ends are LF or CRLF.</summary>
/// <param name="Delimiter">Between fields.</param>
/// <param name="Quote">Around a field that contains delimiters, line ends or quotes. A doubled one within a field is one.</param>
/// <param name="Escape">Within a quoted field: makes the quote or escape after it a plain character. Before any other it is itself.</param>
/// <param name="Header">Whether the first record names the columns. It must; without one the file is refused.</param>
public sealed record CsvFormat(char Delimiter = ',', char Quote = '"', char Escape = '\\', bool Header = true)
{
    /// <summary>Comma, double quote, backslash, with a header.</summary>
    public static CsvFormat Default { get; } = new();

    /// <summary>Throws if the characters cannot be told apart in a file.</summary>
    /// <exception cref="FormatException">One is not ASCII or a line end, or the delimiter is the quote or the escape.</exception>
    public void Check()
    {
        foreach ((string name, char character) in ((string, char)[])[("delimiter", Delimiter), ("quote", Quote), ("escape", Escape)])
        {
            if (character is '\r' or '\n' or '\0' || !char.IsAscii(character))
                throw new FormatException($"The {name} of CSV must be an ASCII character other than a line end.");
        }

        if (Delimiter == Quote || Delimiter == Escape)
            throw new FormatException("The delimiter of CSV must differ from its quote and escape.");
    }
}
