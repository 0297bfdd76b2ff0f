using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Muster.Pql.Types;

namespace Muster.Storage.Schemas;

/// <summary>
/// Types as JSON Schema with XDM's <c>meta:xdmType</c>: what is stored, what clients are shown, and what <see cref="JsonSchemaReader"/>
/// reads.
/// </summary>
public static class SchemaText
{
    /// <summary>Writes a type on one line.</summary>
    public static string Write(DataType type)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            Write(type, writer);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>Reads what <see cref="Write(DataType)"/> wrote.</summary>
    /// <exception cref="FormatException">The text is no schema.</exception>
    public static DataType Parse(string text)
    {
        JsonSchemaResult result = JsonSchemaReader.Read(text);
        return result.Type ?? throw new FormatException("The stored schema cannot be read: " + string.Join(" ", result.Errors));
    }

    private static void Write(DataType type, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        switch (type.Kind)
        {
            case TypeKind.Boolean: WriteScalar(writer, "boolean", null, "boolean"); break;
            case TypeKind.Integer: WriteScalar(writer, "integer", null, "long"); break;
            case TypeKind.Double: WriteScalar(writer, "number", null, "double"); break;
            case TypeKind.String: WriteScalar(writer, "string", null, "string"); break;
            case TypeKind.Timestamp: WriteScalar(writer, "string", "date-time", "date-time"); break;
            case TypeKind.Date: WriteScalar(writer, "string", "date", "date"); break;
            case TypeKind.Array:
                WriteScalar(writer, "array", null, "array");
                writer.WritePropertyName("items");
                Write(type.Element!, writer);
                break;
            case TypeKind.Map:
                WriteScalar(writer, "object", null, "map");
                writer.WritePropertyName("additionalProperties");
                Write(type.Element!, writer);
                break;
            case TypeKind.Object:
                WriteScalar(writer, "object", null, "object");
                writer.WriteStartObject("properties");
                foreach (Field field in type.Fields)
                {
                    writer.WritePropertyName(field.Name);
                    Write(field.Type, writer);
                }

                writer.WriteEndObject();
                break;
        }

        writer.WriteEndObject();
    }

    private static void WriteScalar(Utf8JsonWriter writer, string type, string? format, string xdmType)
    {
        writer.WriteString("type", type);
        if (format is not null) writer.WriteString("format", format);
        writer.WriteString("meta:xdmType", xdmType);
    }
}
