using System.Text.Json;
using System.Text.Json.Serialization;
using Muster.Pql.Types;

namespace Muster.Storage.Profiles;

/// <summary>
/// Writes a type as JSON: a scalar by its name (<c>"String"</c>), others as an object with one member: <c>{"array": type}</c>,
/// <c>{"map": type}</c>, <c>{"object": {"name": type}}</c>.
/// </summary>
public sealed class DataTypeJsonConverter : JsonConverter<DataType>
{
    /// <inheritdoc/>
    public override DataType Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString() switch
            {
                nameof(TypeKind.Unknown) => DataType.Unknown,
                nameof(TypeKind.Null) => DataType.Null,
                nameof(TypeKind.Boolean) => DataType.Boolean,
                nameof(TypeKind.Integer) => DataType.Integer,
                nameof(TypeKind.Double) => DataType.Double,
                nameof(TypeKind.String) => DataType.String,
                nameof(TypeKind.Timestamp) => DataType.Timestamp,
                nameof(TypeKind.Date) => DataType.Date,
                string other => throw new JsonException($"{other} is no type."),
                null => throw new JsonException("A type is missing."),
            };
        }
        Expect(ref reader, JsonTokenType.StartObject);
        reader.Read();
        string? kind = reader.GetString();
        reader.Read();
        DataType type = kind switch
        {
            "array" => DataType.ArrayOf(Read(ref reader, typeToConvert, options)),
            "map" => DataType.MapOf(Read(ref reader, typeToConvert, options)),
            "object" => ReadObject(ref reader, typeToConvert, options),
            _ => throw new JsonException($"{kind} is no kind of type."),
        };
        reader.Read();
        Expect(ref reader, JsonTokenType.EndObject);
        return type;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DataType value, JsonSerializerOptions options)
    {
        if (value.Kind is not (TypeKind.Array or TypeKind.Map or TypeKind.Object))
        {
            writer.WriteStringValue(value.Kind.ToString());
            return;
        }
        writer.WriteStartObject();
        writer.WritePropertyName(value.Kind switch { TypeKind.Array => "array", TypeKind.Map => "map", _ => "object" });
        if (value.Element is { } element)
        {
            Write(writer, element, options);
        }
        else
        {
            writer.WriteStartObject();
            foreach (Field field in value.Fields)
            {
                writer.WritePropertyName(field.Name);
                Write(writer, field.Type, options);
            }
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private DataType ReadObject(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        var fields = new List<Field>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = reader.GetString()!;
            reader.Read();
            fields.Add(new Field(name, Read(ref reader, typeToConvert, options)));
        }
        return DataType.ObjectOf(fields);
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (reader.TokenType != token) throw new JsonException($"A type has {reader.TokenType} where {token} is due.");
    }
}
