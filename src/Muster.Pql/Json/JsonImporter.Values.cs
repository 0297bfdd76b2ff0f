using System.Globalization;
using System.Text.Json;
using Muster.Pql.Diagnostics;
using Muster.Pql.Syntax;
using Muster.Pql.Text;

namespace Muster.Pql.Json;

/// <summary>Literals, names and calls.</summary>
internal sealed partial class JsonImporter
{
    // Field names in the XDM schema carry its prefix, which text has not.
    private const string XdmPrefix = "xdm:";

    // With empty brackets after them these are no calls in text.
    private static readonly HashSet<string> Unappliable = new(["true", "false", "null", "not", "chain"], StringComparer.OrdinalIgnoreCase);

    private SyntaxNode ReadLiteral(JsonElement node)
    {
        node.TryGetProperty("value", out JsonElement value);
        string? type = node.TryGetProperty("literalType", out JsonElement typeValue) ? ReadString(typeValue) : null;
        switch (type?.ToLowerInvariant())
        {
            case null or "": return value.ValueKind == JsonValueKind.Array ? ReadConstantList(value) : ReadScalar(value);
            case "null": return Missing();
            case "list": return ReadConstantList(value);
            case "string": return value.ValueKind == JsonValueKind.String ? ReadScalar(value) : new LiteralSyntax(RawText(value), Nowhere);
            // The names of tests, units and the like, in trees of other tools.
            case "comparison" or "timeunit" or "timedirection" or "querystring" when value.ValueKind == JsonValueKind.String: return ReadScalar(value);
            case "number" or "integer": return ReadNumber(RawText(value));
            case "boolean" when bool.TryParse(RawText(value), out bool flag): return new LiteralSyntax(flag, Nowhere);
            case "xdmobject" when ReadString(value) == "profile": return new ParameterSyntax(1, Nowhere);
            case "timestamp" when ReadString(value) is { } text:
                return Keywords.TimeWords.TryGetValue(text, out int? day) ? new TimeWordSyntax(day, Nowhere)
                    : new LiteralSyntax(text, Nowhere);
            default: return Fail(DiagnosticCodes.UnknownNode, $"A literal of type '{type}' cannot have this value.");
        }
    }

    private static string RawText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined => "",
        JsonValueKind.String => ReadString(value) ?? "",
        _ => value.GetRawText(),
    };

    private LiteralSyntax ReadScalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when ReadString(value) is { } text => new LiteralSyntax(text, Nowhere),
        JsonValueKind.True => new LiteralSyntax(true, Nowhere),
        JsonValueKind.False => new LiteralSyntax(false, Nowhere),
        JsonValueKind.Null => Missing(),
        JsonValueKind.Number => ReadNumber(value.GetRawText()),
        _ => Fail(DiagnosticCodes.MissingProperty, "A literal needs a plain 'value'."),
    };

    private LiteralSyntax ReadNumber(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer))
            return new LiteralSyntax(integer, Nowhere);
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Style, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? new LiteralSyntax(number, Nowhere)
            : Fail(DiagnosticCodes.BadNumber, "The value of a numeric literal is no number, or too large.");
    }

    private SyntaxNode ReadConstantList(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? new ListSyntax(value.EnumerateArray().Select(ReadScalar).ToArray(), Nowhere)
        : Fail(DiagnosticCodes.MissingProperty, "A literal list needs a list as its 'value'.");

    private SyntaxNode ReadFieldLookup(JsonElement node)
    {
        string name = ReadIdentifier(node, "fieldName");
        if (name.StartsWith(XdmPrefix, StringComparison.Ordinal) && name.Length > XdmPrefix.Length) name = name[XdmPrefix.Length..];
        SyntaxNode target = ReadOptionalChild(node, "object") ?? new ParameterSyntax(1, Nowhere);
        // A field of the current item is written as a bare name, unless a variable has that name.
        bool isCurrent = target is ItemSyntax { Level: 0 } || (target is ParameterSyntax { Position: 1 } && _scope.ItemDepth == 0);
        return isCurrent && !_scope.IsVariable(name) ? new NameSyntax(name, Nowhere) : new MemberSyntax(target, name, Nowhere);
    }

    private SyntaxNode ReadVariable(string name)
    {
        if (name.Contains('`', StringComparison.Ordinal))
            return Fail(DiagnosticCodes.MissingProperty, "The name in 'varName' has a back-tick.");
        if (name == "this") return new ItemSyntax(0, Nowhere);
        return name.Length > 0 && name.All(c => c == '^') ? new ItemSyntax(name.Length, Nowhere) : new NameSyntax(name, Nowhere);
    }

    private SyntaxNode ReadApply(JsonElement node)
    {
        JsonElement[] parameters = ReadArray(node, "params").ToArray();
        if (!node.TryGetProperty("fnName", out _) && node.TryGetProperty("function", out JsonElement function))
            return ReadFunctionApplied(function, parameters);
        string name = ReadName(node, "fnName");
        if (name is "modelInstances") return ReadModelInstances(parameters);
        SyntaxNode[] arguments = new SyntaxNode[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            bool isElementwise = ElementwiseFunctions.IsElementwise(name, i) || (name == "filter" && i == 1);
            arguments[i] = isElementwise ? ReadElementwise(parameters[i]) : Read(parameters[i]);
        }
        SyntaxNode call = SyntaxTree.Call(name, arguments, Nowhere);
        if (call is not CallSyntax) return call;
        bool isFunctionName = Lexer.IsIdentifierStart(name.Length > 0 ? name[0] : '0') && name.All(Lexer.IsIdentifierPart);
        if (!isFunctionName || (arguments.Length == 0 && Unappliable.Contains(name)))
            return name.Length == 0 ? Missing()
                : Fail(DiagnosticCodes.MissingProperty, $"'{name}' cannot be applied to {arguments.Length} params.");
        return call;
    }

    private SyntaxNode ReadElementwise(JsonElement argument)
    {
        if (argument.ValueKind != JsonValueKind.Object) return Read(argument);
        return _scope.WithItem(() =>
        {
            SyntaxNode function = Read(argument);
            return function is LambdaSyntax { Parameters: ["this"] } implied ? implied.Body : function;
        });
    }

    private LambdaSyntax ReadFunction(JsonElement node) => _scope.Within(() =>
    {
        List<string> parameters = ReadArray(node, "params")
            .Select(p => p.ValueKind == JsonValueKind.Object ? ReadIdentifier(p, "varName") : RawText(p)).ToList();
        foreach (string parameter in parameters.Where(p => p != "this")) _scope.Declare(parameter);
        return new LambdaSyntax(parameters, ReadChild(node, "body"), Nowhere);
    });

    /// <summary>The old form: a function made on the spot and applied is what let is now.</summary>
    private SyntaxNode ReadFunctionApplied(JsonElement function, JsonElement[] parameters)
    {
        if (function.ValueKind != JsonValueKind.Object || !function.TryGetProperty("nodeType", out JsonElement type)
            || ReadString(type) != "fnCreate")
            return Fail(DiagnosticCodes.UnknownNode, "Only a function made by 'fnCreate' can be applied.");
        string[] names = ReadArray(function, "params")
            .Select(p => p.ValueKind == JsonValueKind.Object ? ReadIdentifier(p, "varName") : "").ToArray();
        if (names.Length != parameters.Length)
            return Fail(DiagnosticCodes.MissingProperty, "The function takes another number of 'params'.");
        return ReadLets(names, parameters.Select(Read).ToArray(), 0, function);
    }

    private SyntaxNode ReadLets(string[] names, SyntaxNode[] values, int index, JsonElement function) => index == names.Length
        ? ReadChild(function, "body")
        : ReadLet(names[index], values[index], () => ReadLets(names, values, index + 1, function));

    private LetSyntax ReadLet(string name, SyntaxNode value, Func<SyntaxNode> readBody) => _scope.Within(() =>
    {
        _scope.Declare(name);
        return new LetSyntax(name, value, readBody(), Nowhere);
    });

    /// <summary>All instances of a class: the events, or the profile.</summary>
    private SyntaxNode ReadModelInstances(JsonElement[] parameters)
    {
        SyntaxNode? model = parameters.Length == 1 ? Read(parameters[0]) : null;
        string schema = model is LiteralSyntax { Value: string text } ? text.ToLowerInvariant() : "";
        ParameterSyntax root = new(1, Nowhere);
        if (schema.Contains("experienceevent", StringComparison.Ordinal))
            return _scope.ItemDepth == 0 ? new NameSyntax(Types.ProfileSchema.EventArray, Nowhere)
                : new MemberSyntax(root, Types.ProfileSchema.EventArray, Nowhere);
        if (schema.Contains("profile", StringComparison.Ordinal)) return new ListSyntax([root], Nowhere);
        return Fail(DiagnosticCodes.UnknownNode, "modelInstances is known for the experience event and the profile only.");
    }

    private ObjectSyntax ReadObject(JsonElement node)
    {
        List<(string, SyntaxNode)> fields = [];
        foreach (JsonElement field in ReadArray(node, "fields"))
        {
            if (field.ValueKind == JsonValueKind.Object && field.TryGetProperty("name", out JsonElement name)
                && ReadString(name) is { } text)
                fields.Add((text, ReadChild(field, "value")));
            else
                Fail(DiagnosticCodes.MissingProperty, "A field of an object needs 'name' and 'value'.");
        }
        return new ObjectSyntax(fields, Nowhere);
    }

    private SyntaxNode ReadContextReference(JsonElement node)
    {
        string id = ReadName(node, "schemaId");
        return id.Contains('}', StringComparison.Ordinal) ? Fail(DiagnosticCodes.MissingProperty, "'schemaId' has a brace.")
            : new ContextReferenceSyntax(id, Nowhere);
    }
}
