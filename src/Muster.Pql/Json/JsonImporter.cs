using System.Text.Json;
using Muster.Pql.Diagnostics;
using Muster.Pql.Dialects;
using Muster.Pql.Syntax;

namespace Muster.Pql.Json;

/// <summary>
/// Reads pql/json into the same syntax tree as text, in all the spellings that are about: canonical ones, older ones and those of the XDM
/// schema. Unknown properties are ignored, unknown node types are errors. This file: dispatch and access to properties.
/// </summary>
internal sealed partial class JsonImporter
{
    /// <summary>Deepest JSON that is read; a node of the tree takes up to four levels.</summary>
    public const int JsonDepthLimit = 4 * SyntaxTree.DepthLimit + 16;

    private static readonly TextSpan Nowhere = new(0, 0);

    private readonly DiagnosticBag _diagnostics;
    private readonly JsonScope _scope = new();

    private JsonImporter(DiagnosticBag diagnostics) => _diagnostics = diagnostics;

    /// <summary>The tree; null if the text is no JSON.</summary>
    public static SyntaxNode? Import(string json, DiagnosticBag diagnostics)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = JsonDepthLimit });
            SyntaxNode tree = new JsonImporter(diagnostics).Read(document.RootElement);
            if (!SyntaxTree.IsTooDeep(tree)) return tree;
            diagnostics.Error(DiagnosticCodes.Depth, Nowhere, $"The query is nested more than {SyntaxTree.DepthLimit} levels deep.");
        }
        catch (ArgumentException)
        {
            // Half of a surrogate pair is no text that JSON can hold.
            diagnostics.Error(DiagnosticCodes.InvalidJson, Nowhere, "The value is no JSON: it has half of a surrogate pair.");
        }
        catch (JsonException exception)
        {
            // The parser says no other way that its limit is reached.
            bool isDeep = exception.Message.Contains("maximum configured depth", StringComparison.OrdinalIgnoreCase);
            diagnostics.Error(isDeep ? DiagnosticCodes.Depth
                : DiagnosticCodes.InvalidJson, Nowhere, $"The value is no JSON: {exception.Message}");
        }
        return null;
    }

    private SyntaxNode Read(JsonElement node)
    {
        if (node.ValueKind != JsonValueKind.Object)
            return Fail(DiagnosticCodes.MissingProperty, $"A node is an object with a nodeType, here is a value of kind {node.ValueKind}.");
        string type = ReadName(node, "nodeType");
        switch (type)
        {
            case "literal": return ReadLiteral(node);
            case "parameterReference": return new ParameterSyntax(ReadInteger(node, "position") ?? 1, Nowhere);
            case "fieldLookup": return ReadFieldLookup(node);
            case "varRef": return ReadVariable(ReadName(node, "varName"));
            case "fnApply": return ReadApply(node);
            case "fnCreate" or "lambda": return ReadFunction(node);
            case "object": return ReadObject(node);
            case "contextReference": return ReadContextReference(node);
            case "let": return ReadLet(ReadIdentifier(node, "varName"), ReadChild(node, "value"), () => ReadChild(node, "body"));
            case "select": return _scope.Within(() => new SelectSyntax(ReadClauses(node), Nowhere));
            case "quantification": return ReadQuantification(node);
            case "aggregate": return ReadAggregate(node);
            case "set" when _diagnostics.Accepts(LenientForm.SetNodes, Nowhere): return _scope.Within(() => ReadSet(node));
            case "occurs": return new OccursSyntax(ReadChild(node, "timestamp"), ReadQualification(node, "qualification"), Nowhere);
            case "chain": return _scope.Within(() => ReadChain(node));
            case "" or "set": return Missing();
            default: return Fail(DiagnosticCodes.UnknownNode, $"The nodeType '{type}' is not known here.");
        }
    }

    private LiteralSyntax Fail(string code, string message)
    {
        _diagnostics.Error(code, Nowhere, message);
        return Missing();
    }

    private static LiteralSyntax Missing() => new(null, Nowhere);

    private SyntaxNode ReadChild(JsonElement node, string property)
    {
        if (node.TryGetProperty(property, out JsonElement child)) return Read(child);
        return Fail(DiagnosticCodes.MissingProperty, $"{Describe(node)} needs '{property}'.");
    }

    private SyntaxNode? ReadOptionalChild(JsonElement node, string property) =>
        node.TryGetProperty(property, out JsonElement child) && child.ValueKind != JsonValueKind.Null ? Read(child) : null;

    private IEnumerable<JsonElement> ReadArray(JsonElement node, string property)
    {
        if (node.TryGetProperty(property, out JsonElement array) && array.ValueKind == JsonValueKind.Array) return array.EnumerateArray();
        Fail(DiagnosticCodes.MissingProperty, $"{Describe(node)} needs the list '{property}'.");
        return [];
    }

    /// <summary>A string property that has to be there; else empty, with an error.</summary>
    private string ReadName(JsonElement node, string property)
    {
        if (node.TryGetProperty(property, out JsonElement value) && ReadString(value) is { Length: > 0 } text) return text;
        Fail(DiagnosticCodes.MissingProperty, property == "nodeType" ? "A node needs 'nodeType'."
            : $"{Describe(node)} needs the text '{property}'.");
        return "";
    }

    /// <summary>A name that can be written in text, between back-ticks if need be.</summary>
    private string ReadIdentifier(JsonElement node, string property)
    {
        string name = ReadName(node, property);
        if (name.Contains('`', StringComparison.Ordinal))
            Fail(DiagnosticCodes.MissingProperty, $"The name in '{property}' has a back-tick.");
        return name;
    }

    private int? ReadInteger(JsonElement node, string property)
    {
        if (!node.TryGetProperty(property, out JsonElement value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= 0) return number;
        Fail(DiagnosticCodes.MissingProperty, $"'{property}' is a whole number, not negative.");
        return null;
    }

    private static string? ReadString(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair cannot be read as text.
            return null;
        }
    }

    private static string Describe(JsonElement node)
    {
        string type = node.TryGetProperty("nodeType", out JsonElement value) ? ReadString(value) ?? "" : "";
        return type.Length == 0 ? "The node" : $"The node '{type}'";
    }
}
