using System.Text.Json;
using Muster.Pql.Types;

namespace Muster.Storage.Schemas;

/// <summary>
/// Reads a type from JSON Schema as XDM uses it: <c>type</c>, <c>format</c>, <c>properties</c>, <c>items</c>, <c>additionalProperties</c>,
/// <c>allOf</c> and <c>meta:xdmType</c>, which goes before <c>type</c>. Ranges, patterns and enums say nothing about the type and are
/// skipped;
/// an empty schema is the type Unknown.
/// </summary>
public sealed class JsonSchemaReader
{
    private const int MaximumErrors = 20;

    private readonly List<string> _errors = [];
    private int _fields;

    private JsonSchemaReader()
    {
    }

    /// <summary>Reads the schema of a record, whose root is an object.</summary>
    public static JsonSchemaResult Read(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 4 * SchemaInference.MaximumDepth });
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            return new JsonSchemaResult(null, ["The schema is not JSON: " + e.Message]);
        }
    }

    /// <summary>Reads the schema of a record, whose root is an object.</summary>
    public static JsonSchemaResult Read(JsonElement schema)
    {
        var reader = new JsonSchemaReader();
        DataType type = reader.ReadType(schema, "", 0);
        if (reader._errors.Count == 0 && type.Kind != TypeKind.Object)
            reader._errors.Add("The root of a schema is an object with properties.");
        return new JsonSchemaResult(reader._errors.Count == 0 ? type : null, reader._errors);
    }

    private DataType ReadType(JsonElement schema, string path, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object) return Fail(path, "is not a JSON object");
        if (depth > SchemaInference.MaximumDepth) return Fail(path, $"is nested deeper than {SchemaInference.MaximumDepth} levels");
        if (schema.TryGetProperty("$ref", out _)) return Fail(path, "has a '$ref': write the referred fields out instead");
        DataType own = ReadOwn(schema, path, depth);
        if (!schema.TryGetProperty("allOf", out JsonElement parts)) return own;
        if (parts.ValueKind != JsonValueKind.Array) return Fail(path, "has an 'allOf' that is not an array");
        foreach (JsonElement part in parts.EnumerateArray())
        {
            SchemaUnionResult union = SchemaUnion.Of(own, ReadType(part, path, depth + 1));
            foreach (SchemaConflict conflict in union.Conflicts) Fail(Join(path, conflict.Path), "is defined in two ways by 'allOf'");
            own = union.Type;
        }

        return own;
    }

    private DataType ReadOwn(JsonElement schema, string path, int depth)
    {
        string? name = TypeName(schema, path);
        switch (name)
        {
            case null: return DataType.Unknown;
            case "string": return TextType(schema);
            case "boolean": return DataType.Boolean;
            case "number" or "double" or "float": return DataType.Double;
            case "integer" or "long" or "int" or "short" or "byte": return DataType.Integer;
            case "date": return DataType.Date;
            case "date-time": return DataType.Timestamp;
            case "array":
                return schema.TryGetProperty("items", out JsonElement items)
                    ? DataType.ArrayOf(ReadType(items, path + "[*]", depth + 1))
                    : Fail(path, "is an array without 'items'");
            case "object" or "map": return ReadObject(schema, path, depth, isMap: name == "map");
            default: return Fail(path, $"has the unknown type '{name}'");
        }
    }

    private DataType ReadObject(JsonElement schema, string path, int depth, bool isMap)
    {
        bool hasFields = schema.TryGetProperty("properties", out JsonElement properties);
        bool hasValues = schema.TryGetProperty("additionalProperties", out JsonElement values)
            && values.ValueKind is JsonValueKind.Object or JsonValueKind.True;
        if (isMap || (hasValues && !hasFields))
        {
            bool isTyped = hasValues && values.ValueKind == JsonValueKind.Object;
            return DataType.MapOf(isTyped ? ReadType(values, path + ".*", depth + 1) : DataType.Unknown);
        }

        if (!hasFields) return DataType.ObjectOf();
        if (properties.ValueKind != JsonValueKind.Object) return Fail(path, "has 'properties' that are not an object");
        var fields = new List<Field>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (JsonProperty property in properties.EnumerateObject())
        {
            string child = Join(path, property.Name);
            if (!FieldNames.IsUsable(property.Name)) Fail(child, "is no usable name");
            else if (!names.Add(property.Name)) Fail(child, "has the name of another field, if case is ignored");
            else if (++_fields == SchemaInference.MaximumFields)
                Fail(child, $"is more than the {SchemaInference.MaximumFields} fields that a schema can have");
            else if (_fields < SchemaInference.MaximumFields)
                fields.Add(new Field(property.Name, ReadType(property.Value, child, depth + 1)));
        }

        return DataType.ObjectOf(fields);
    }

    private string? TypeName(JsonElement schema, string path)
    {
        if (schema.TryGetProperty("meta:xdmType", out JsonElement xdmType) && xdmType.ValueKind == JsonValueKind.String)
            return xdmType.GetString();
        if (schema.TryGetProperty("type", out JsonElement type))
        {
            if (type.ValueKind == JsonValueKind.String) return type.GetString();
            string?[] names = type.ValueKind != JsonValueKind.Array
                ? []
                : [.. type.EnumerateArray()
                    .Select(t => t.ValueKind == JsonValueKind.String ? t.GetString() : null)
                    .Where(t => t != "null")];
            if (names is [{ } only]) return only;
            Fail(path, "has a 'type' that is not one type");
            return null;
        }

        if (schema.TryGetProperty("properties", out _) || schema.TryGetProperty("additionalProperties", out _)) return "object";
        if (schema.TryGetProperty("items", out _)) return "array";
        return schema.TryGetProperty("enum", out _) || schema.TryGetProperty("format", out _) ? "string" : null;
    }

    private static DataType TextType(JsonElement schema)
    {
        string? format = schema.TryGetProperty("format", out JsonElement value)
            && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return format switch
        {
            "date-time" => DataType.Timestamp,
            "date" => DataType.Date,
            _ => DataType.String,
        };
    }

    private DataType Fail(string path, string what)
    {
        if (_errors.Count < MaximumErrors) _errors.Add(path.Length == 0 ? $"The schema {what}." : $"The schema of '{path}' {what}.");
        return DataType.Unknown;
    }

    private static string Join(string parent, string name) => parent.Length == 0 ? name : name.Length == 0 ? parent : parent + "." + name;
}

/// <summary>A schema that was read, or why not.</summary>
/// <param name="Type">An object type; null if there are errors.</param>
/// <param name="Errors">At most twenty sentences, each with the path of a field.</param>
public sealed record JsonSchemaResult(DataType? Type, IReadOnlyList<string> Errors);
