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
    public static DataType Parse(string text) => new DuckDbTypeText(text).ParseType();

    private DataType ParseType()
    {
        string name = ParseName();
        DataType type = name switch
        {
            "STRUCT" => ParseStruct(),
            "MAP" => ParseMap(),
            "BOOLEAN" => DataType.Boolean,
            "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "UTINYINT" or "USMALLINT" or "UINTEGER" => DataType.Integer,
            "FLOAT" or "DOUBLE" or "DECIMAL" or "HUGEINT" or "UHUGEINT" or "UBIGINT" => DataType.Double,
            "DATE" => DataType.Date,
            _ when name.StartsWith("TIMESTAMP", StringComparison.Ordinal) => DataType.Timestamp,
            _ => DataType.String,
        };
        SkipArguments();
        while (Peek() == '[')
        {
            while (_text[_position++] != ']') { }
            type = DataType.ArrayOf(type);
        }

        return type;
    }

    private DataType ParseStruct()
    {
        var fields = new List<Field>();
        do
        {
            _position++;
            SkipBlanks();
            string name = ParseIdentifier();
            SkipBlanks();
            fields.Add(new Field(name, ParseType()));
        }
        while (Peek() == ',');
        _position++;
        return DataType.ObjectOf(fields);
    }

    private DataType ParseMap()
    {
        _position++;
        ParseType();
        _position++;
        SkipBlanks();
        DataType value = ParseType();
        _position++;
        return DataType.MapOf(value);
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
