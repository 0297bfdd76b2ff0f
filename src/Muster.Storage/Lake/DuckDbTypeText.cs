using Muster.Pql.Types;

namespace Muster.Storage.Lake;

/// <summary>
/// Reads the text by which DuckDB describes a column: <c>STRUCT(a BIGINT, "b c" VARCHAR[])</c>. Types without a twin here (uuid, blob,
/// time,
/// enum) are strings.
/// </summary>
internal sealed class DuckDbTypeText
{
    private readonly string _text;
    private int _position;

    private DuckDbTypeText(string text) => _text = text;

    /// <summary>The type that a text names.</summary>
    public static DataType Parse(string text) => ParsePhysical(text).ToDataType();

    /// <summary>The same with the widths that the file has.</summary>
    public static PhysicalType ParsePhysical(string text) => new DuckDbTypeText(text).ParseType();

    private PhysicalType ParseType()
    {
        string name = ParseName();
        PhysicalType type = name switch
        {
            "STRUCT" => ParseStruct(),
            "MAP" => ParseMap(),
            _ => new PhysicalType(name, [], null, null),
        };
        SkipArguments();
        while (Peek() == '[')
        {
            bool isFixed = PeekNext() != ']';
            while (_text[_position++] != ']') { }
            type = new PhysicalType(isFixed ? PhysicalType.FixedList : PhysicalType.List, [], type, null);
        }

        return type;
    }

    private PhysicalType ParseStruct()
    {
        var fields = new List<(string, PhysicalType)>();
        do
        {
            _position++;
            SkipBlanks();
            string name = ParseIdentifier();
            SkipBlanks();
            fields.Add((name, ParseType()));
        }
        while (Peek() == ',');
        _position++;
        return new PhysicalType("STRUCT", fields, null, null);
    }

    private PhysicalType ParseMap()
    {
        _position++;
        PhysicalType key = ParseType();
        _position++;
        SkipBlanks();
        PhysicalType value = ParseType();
        _position++;
        return new PhysicalType("MAP", [], value, key);
    }

    // A name may have several words: TIMESTAMP WITH TIME ZONE.
    private string ParseName()
    {
        int start = _position;
        while (Peek() is not ('\0' or '(' or ')' or '[' or ',')) _position++;
        return _text[start.._position].Trim();
    }

    private string ParseIdentifier()
    {
        int start = _position;
        if (Peek() != '"')
        {
            while (Peek() is not (' ' or '\0')) _position++;
            return _text[start.._position];
        }

        for (_position++; Peek() != '"' || PeekNext() == '"'; _position++)
            if (Peek() == '"') _position++;
        _position++;
        return _text[(start + 1)..(_position - 1)].Replace("\"\"", "\"", StringComparison.Ordinal);
    }

    // DECIMAL(10,2), ENUM('a', 'b)')
    private void SkipArguments()
    {
        if (Peek() != '(') return;
        bool inText = false;
        for (; inText || Peek() != ')'; _position++)
            if (Peek() == '\'') inText = !inText;
        _position++;
    }

    private void SkipBlanks()
    {
        while (Peek() == ' ') _position++;
    }

    private char Peek() => _position < _text.Length ? _text[_position] : '\0';

    private char PeekNext() => _position + 1 < _text.Length ? _text[_position + 1] : '\0';
}
