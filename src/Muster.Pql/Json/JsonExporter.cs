using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Muster.Pql.Formatting;
using Muster.Pql.Syntax;

namespace Muster.Pql.Json;

/// <summary>
/// Writes a syntax tree as canonical pql/json: node type first, then names, then children, without white space. This file: values and
/// names.
/// </summary>
internal sealed partial class JsonExporter
{
    private readonly Utf8JsonWriter _writer;
    private readonly JsonScope _scope = new();

    private JsonExporter(Utf8JsonWriter writer) => _writer = writer;

    public static string Export(SyntaxNode query)
    {
        ArrayBufferWriter<byte> buffer = new();
        // Inside an HTTP answer the text is escaped once more, so nothing is at risk in plain characters.
        JsonWriterOptions options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = JsonImporter.JsonDepthLimit };
        using (Utf8JsonWriter writer = new(buffer, options)) new JsonExporter(writer).Write(query);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void Write(SyntaxNode node)
    {
        switch (node)
        {
            case LiteralSyntax literal: WriteLiteral(literal.Value); break;
            case NameSyntax name when _scope.IsVariable(name.Name): WriteVariable(name.Name); break;
            case NameSyntax name: WriteField(name.Name, () => WriteItem(0)); break;
            case ItemSyntax item: WriteItem(item.Level); break;
            case ParameterSyntax parameter: WriteParameter(parameter.Position); break;
            case MemberSyntax member: WriteField(member.Name, () => Write(member.Target)); break;
            case TimeWordSyntax word: WriteTyped("Timestamp", TimeWords.Name(word.DayOffset)); break;
            case ContextReferenceSyntax context:
                WriteNode("contextReference", () => WriteString("schemaId", context.Id));
                break;
            case CallSyntax call: WriteApply(call.Function, call.Arguments); break;
            case FilterSyntax filter:
                WriteApply("filter", () =>
                {
                    Write(filter.Target);
                    WriteElementwise(filter.Condition);
                });
                break;
            case UnarySyntax unary: WriteApply(unary.IsNegation ? "negate" : "not", [unary.Operand]); break;
            case BinarySyntax binary: WriteApply(binary.Operator, [binary.Left, binary.Right]); break;
            case LogicalSyntax logical: WriteApply(logical.IsAnd ? "and" : "or", logical.Operands); break;
            case ListSyntax list: WriteList(list); break;
            case ObjectSyntax literal: WriteObject(literal); break;
            default: WriteConstruct(node); break;
        }
    }

    private void WriteNode(string type, Action writeProperties)
    {
        _writer.WriteStartObject();
        _writer.WriteString("nodeType", type);
        writeProperties();
        _writer.WriteEndObject();
    }

    private void WriteProperty(string name, SyntaxNode node)
    {
        _writer.WritePropertyName(name);
        Write(node);
    }

    private void WriteArray<T>(string name, IEnumerable<T> items, Action<T> write)
    {
        _writer.WriteStartArray(name);
        foreach (T item in items) write(item);
        _writer.WriteEndArray();
    }

    private void WriteApply(string function, IReadOnlyList<SyntaxNode> arguments) => WriteApply(function, () =>
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            if (ElementwiseFunctions.IsElementwise(function, i)) WriteElementwise(arguments[i]);
            else Write(arguments[i]);
        }
    });

    private void WriteApply(string function, Action writeArguments) => WriteNode("fnApply", () =>
    {
        WriteString("fnName", function);
        _writer.WriteStartArray("params");
        writeArguments();
        _writer.WriteEndArray();
    });

    private void WriteElementwise(SyntaxNode argument) => _scope.WithItem(() =>
    {
        if (argument is LambdaSyntax lambda) WriteLambda(lambda.Parameters, lambda.Body);
        else WriteLambda(["this"], argument);
        return true;
    });

    private void WriteLambda(IReadOnlyList<string> parameters, SyntaxNode body) => _scope.Within(() =>
    {
        WriteNode("lambda", () =>
        {
            WriteArray("params", parameters, parameter =>
            {
                _writer.WriteStartObject();
                WriteString("varName", parameter);
                _writer.WriteEndObject();
                if (parameter != "this") _scope.Declare(parameter);
            });
            WriteProperty("body", body);
        });
        return true;
    });

    private void WriteItem(int level)
    {
        if (level == 0 && _scope.ItemDepth == 0) WriteParameter(1);
        else WriteVariable(level == 0 ? "this" : new string('^', level));
    }

    private void WriteParameter(int position) => WriteNode("parameterReference", () => _writer.WriteNumber("position", position));

    private void WriteVariable(string name) => WriteNode("varRef", () => WriteString("varName", name));

    private void WriteField(string name, Action writeTarget) => WriteNode("fieldLookup", () =>
    {
        WriteString("fieldName", name);
        _writer.WritePropertyName("object");
        writeTarget();
    });

    private void WriteTyped(string type, string value) => WriteNode("literal", () =>
    {
        _writer.WriteString("literalType", type);
        WriteString("value", value);
    });

    private void WriteLiteral(object? value) => WriteNode("literal", () =>
    {
        string type = value switch
        {
            null => "Null",
            bool => "Boolean",
            long => "Integer",
            double => "Number",
            _ => "String",
        };
        _writer.WriteString("literalType", type);
        _writer.WritePropertyName("value");
        WriteValue(value);
    });

    private void WriteValue(object? value)
    {
        switch (value)
        {
            case null: _writer.WriteNullValue(); break;
            case bool flag: _writer.WriteBooleanValue(flag); break;
            case long number: _writer.WriteRawValue(number.ToString(CultureInfo.InvariantCulture)); break;
            case double number: _writer.WriteRawValue(NumberText.Of(number)); break;
            case string text: _writer.WriteStringValue(WellFormed(text)); break;
        }
    }

    private void WriteList(ListSyntax list)
    {
        if (!list.Elements.All(e => e is LiteralSyntax))
        {
            WriteApply("list", list.Elements);
            return;
        }
        WriteNode("literal", () =>
        {
            _writer.WriteString("literalType", "List");
            WriteArray("value", list.Elements, element => WriteValue(((LiteralSyntax)element).Value));
        });
    }

    private void WriteObject(ObjectSyntax literal) => WriteNode("object", () => WriteArray("fields", literal.Fields, field =>
    {
        _writer.WriteStartObject();
        WriteString("name", field.Name);
        WriteProperty("value", field.Value);
        _writer.WriteEndObject();
    }));

    private void WriteString(string property, string value) => _writer.WriteString(property, WellFormed(value));

    /// <summary>JSON cannot hold half of a surrogate pair: it becomes the replacement character.</summary>
    private static string WellFormed(string text) =>
        text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') < 0 ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
