using Muster.Pql.Types;

namespace Muster.Engine.Tests.Specs;

/// <summary>
/// Reads types as specs write them: <c>String</c>, <c>[T]</c> (array), <c>&lt;T&gt;</c> (map), <c>{a: T, `b c`: T}</c> (object).
/// </summary>
internal sealed class TypeNotation(string text)
{
    private int _position;

    public static DataType Parse(string text)
    {
        var notation = new TypeNotation(text);
        DataType type = notation.Type();
        notation.Blank();
        return notation._position == text.Length ? type : throw new FormatException($"Text after the type: {text[notation._position..]}");
    }

    private DataType Type()
    {
        Blank();
        switch (text[_position])
        {
            case '[': return Wrapped(']', DataType.ArrayOf);
            case '<': return Wrapped('>', DataType.MapOf);
            case '{': return Object();
        }
        return Word() switch
        {
            "Boolean" => DataType.Boolean,
            "Integer" => DataType.Integer,
            "Double" => DataType.Double,
            "String" => DataType.String,
            "Timestamp" => DataType.Timestamp,
            "Date" => DataType.Date,
            var word => throw new FormatException($"'{word}' is no type."),
        };
    }

    private DataType Wrapped(char close, Func<DataType, DataType> wrap)
    {
        _position++;
        DataType inner = Type();
        Expect(close);
        return wrap(inner);
    }

    private DataType Object()
    {
        var fields = new List<Field>();
        do
        {
            _position++;
            Blank();
            if (text[_position] == '}') break;
            string name = Word();
            Expect(':');
            fields.Add(new Field(name, Type()));
            Blank();
        }
        while (text[_position] == ',');
        Expect('}');
        return DataType.ObjectOf(fields);
    }

    private string Word()
    {
        int start = _position;
        if (_position < text.Length && text[_position] == '`')
        {
            _position = text.IndexOf('`', start + 1) + 1;
            return text[(start + 1)..(_position - 1)];
        }
        while (_position < text.Length && (char.IsLetterOrDigit(text[_position]) || text[_position] == '_')) _position++;
        return text[start.._position];
    }

    private void Expect(char character)
    {
        Blank();
        if (text[_position++] != character) throw new FormatException($"'{character}' is missing before: {text[(_position - 1)..]}");
    }

    private void Blank()
    {
        while (_position < text.Length && char.IsWhiteSpace(text[_position])) _position++;
    }
}
