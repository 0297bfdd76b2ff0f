using Muster.Pql.Diagnostics;
using Muster.Pql.Functions;
using Muster.Pql.Syntax;
using Muster.Pql.Text;
using Muster.Pql.Types;

namespace Muster.Pql.Editing;

/// <summary>Finds what could stand at a position. Works on the words before it, since a query that is being written has no tree
/// yet.</summary>
internal sealed class CompletionFinder
{
    private readonly ProfileSchema _schema;
    private readonly EditorNames _names;
    private readonly List<Token> _tokens;
    private readonly TextSpan _typed;
    private readonly string _prefix;
    private readonly string? _quotedBefore;

    public CompletionFinder(ProfileSchema schema, EditorNames names, string text, int position)
    {
        (_schema, _names) = (schema, names);
        int start = position;
        while (start > 0 && Lexer.IsIdentifierPart(text[start - 1])) start--;
        _typed = new TextSpan(start, position - start);
        _prefix = text[start..position];
        _tokens = Lexer.Read(text[..start], new DiagnosticBag());
        _tokens.RemoveAt(_tokens.Count - 1);
        // An open quote: the string that is being written ends the text.
        bool isOpen = _tokens.Count > 0 && _tokens[^1].Kind == TokenKind.String
            && (_tokens[^1].Span.Length == 1 || text[_tokens[^1].Span.End - 1] != text[_tokens[^1].Span.Start]);
        if (!isOpen) return;
        _quotedBefore = _tokens[^1].Text;
        _tokens.RemoveAt(_tokens.Count - 1);
    }

    public IReadOnlyList<Completion> Find()
    {
        IEnumerable<Completion> found = _quotedBefore is not null ? Quoted() : After(".") ? Members() : Beginnings();
        return found.Where(completion => completion.Text.StartsWith(_prefix, StringComparison.OrdinalIgnoreCase))
            .DistinctBy(completion => (completion.Text, completion.Kind)).OrderBy(completion => completion.Kind)
                .ThenBy(completion => completion.Text, StringComparer.Ordinal).ToArray();
    }

    private bool After(string symbol) => _tokens.Count > 0 && _tokens[^1].IsSymbol(symbol);

    /// <summary>Within a string: keys of maps that are known, and segments.</summary>
    private IEnumerable<Completion> Quoted()
    {
        if (_tokens.Count < 2 || !After("(") || _quotedBefore!.Length > 0) yield break;
        string function = _tokens[^2].Text;
        if (function == "inSegment")
            foreach ((string id, string name) in _names.Segments) yield return Make(id, CompletionKind.Segment, name);
        bool isOfIdentities = function == "get" && _tokens.Count >= 4 && _tokens[^4].Text == "identityMap";
        if (isOfIdentities)
            foreach (string code in _names.Namespaces) yield return Make(code, CompletionKind.Key, "namespace");
    }

    private IEnumerable<Completion> Members()
    {
        int end = _tokens.Count - 2;
        DataType? type = TypeBefore(end);
        if (type is null) return Functions(null);
        DataType element = type.Kind == TypeKind.Array ? type.Element! : type;
        IEnumerable<Completion> keys = end >= 0 && _tokens[end].Text == "identityMap"
            ? _names.Namespaces.Select(code => Make(code, CompletionKind.Key, "namespace")) : [];
        return Fields(element).Concat(keys).Concat(Functions(type));
    }

    private IEnumerable<Completion> Beginnings()
    {
        IEnumerable<Completion> result = [];
        foreach (DataType item in Items()) result = result.Concat(Fields(item.Kind == TypeKind.Array ? item.Element! : item));
        HashSet<string> variables = PqlEditor.VariablesOf([.. _tokens, new Token(TokenKind.End, "", _typed)]);
        return result.Concat(variables.Select(name => Make(name, CompletionKind.Variable, "variable")))
            .Concat(FunctionCatalogue.All.Values.Select(function => Make(function.Name, CompletionKind.Function, function.Signature)))
            .Concat(Keywords.Quoted.Where(word => word.Length > 1).Select(word => Make(word, CompletionKind.Keyword, "word")));
    }

    /// <summary>The current items at the position, innermost first: of each open bracket after an array, and the profile.</summary>
    private IEnumerable<DataType> Items()
    {
        int level = 0;
        for (int i = _tokens.Count - 1; i >= 0; i--)
        {
            if (_tokens[i].IsSymbol(")") || _tokens[i].IsSymbol("]")) level++;
            else if ((_tokens[i].IsSymbol("(") || _tokens[i].IsSymbol("[")) && level-- == 0)
            {
                level = 0;
                // a[ | a.exists( | WHAT( within CHAIN(a, ...
                int source = _tokens[i].IsSymbol("[") ? i - 1 : i >= 3 && _tokens[i - 2].IsSymbol(".") ? i - 3 : -1;
                if (source >= 0 && TypeBefore(source) is { Element: { } element }) yield return element;
                else if (i > 0 && (_tokens[i - 1].IsKeyword("what") || _tokens[i - 1].IsKeyword("where"))) yield return _schema.Event;
            }
        }
        yield return _schema.Profile;
    }

    /// <summary>The type of the path that ends at a token; null if it is no plain path.</summary>
    private DataType? TypeBefore(int end)
    {
        List<string> path = [];
        int i = end;
        while (i >= 0)
        {
            // A filter leaves the type as it is.
            while (i >= 0 && _tokens[i].IsSymbol("]"))
            {
                int level = 0;
                do
                {
                    if (_tokens[i].IsSymbol("]")) level++;
                    else if (_tokens[i].IsSymbol("[")) level--;
                    i--;
                }
                while (i >= 0 && level > 0);
            }
            if (i < 0 || !_tokens[i].IsName) return i >= 0 && _tokens[i] is { Kind: TokenKind.Parameter, Text: "1" }
                ? Walk([_schema.Profile], path) : null;
            path.Insert(0, _tokens[i].Text);
            if (i == 0 || !_tokens[i - 1].IsSymbol(".")) break;
            i -= 2;
        }
        if (path.Count == 0) return null;
        if (i > 0 && path.Count > 0 && VariableSource(path[0], i) is { } source) return Walk([source], path[1..]);
        List<Token> outer = _tokens[..Math.Max(0, i)];
        return Walk(path[0] == ProfileSchema.EventArray || outer.Count == 0 ? [_schema.Profile] : Outer(outer), path);
    }

    private IEnumerable<DataType> Outer(List<Token> before) => new CompletionFinder(_schema, _names, before).Items();

    private CompletionFinder(ProfileSchema schema, EditorNames names, List<Token> tokens)
    {
        (_schema, _names, _tokens, _prefix) = (schema, names, tokens, "");
    }

    /// <summary>The type of a clause's variable: of the elements of its source.</summary>
    private DataType? VariableSource(string name, int before)
    {
        for (int i = before - 1; i >= 0; i--)
        {
            if (_tokens[i].Text != name || i + 2 >= _tokens.Count || !_tokens[i + 1].IsKeyword("from")) continue;
            int end = i + 2;
            while (end + 2 < _tokens.Count && _tokens[end + 1].IsSymbol(".") && _tokens[end + 2].IsName) end += 2;
            return TypeBefore(end)?.Element;
        }
        return null;
    }

    private static DataType? Walk(IEnumerable<DataType> items, IReadOnlyList<string> path)
    {
        foreach (DataType item in items)
        {
            DataType? type = item;
            foreach (string name in path)
            {
                DataType element = type!.Kind == TypeKind.Array ? type.Element! : type;
                type = element.Kind == TypeKind.Map ? element.Element : element.TryGetField(name, out DataType? field) ? field : null;
                if (type is null) break;
            }
            if (type is not null) return type;
        }
        return null;
    }

    private IEnumerable<Completion> Fields(DataType type) => type.Fields.Select(field =>
        Make(After(".") || !Keywords.NeedsQuotes(field.Name) ? field.Name : "`" + field.Name + "`", CompletionKind.Field,
            field.Type.ToString()));

    /// <summary>Methods that a value of the type can be the receiver of; all of them if the type is not known.</summary>
    private IEnumerable<Completion> Functions(DataType? type) => FunctionCatalogue.All.Values
        .Where(function => function.Signature.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
            && (type is null || Fits(type, function.Signature[..dot])))
        .Select(function => Make(function.Name, CompletionKind.Function, function.Signature));

    private static bool Fits(DataType type, string receiver)
    {
        bool isAnything = receiver is "any" or "T" or "scalar" && (receiver != "scalar" || type.IsScalar) || type.Kind == TypeKind.Unknown;
        return isAnything || type.Kind switch
        {
            TypeKind.Array => receiver.Contains("Array", StringComparison.Ordinal),
            TypeKind.Map or TypeKind.Object => receiver.Contains("Map", StringComparison.Ordinal),
            TypeKind.Integer or TypeKind.Double => receiver == "number" || receiver == type.Kind.ToString(),
            TypeKind.Date or TypeKind.Timestamp => receiver == "Timestamp",
            _ => receiver.Contains(type.Kind.ToString(), StringComparison.Ordinal)
                && !receiver.StartsWith("Array<", StringComparison.Ordinal) && !receiver.StartsWith("Map<", StringComparison.Ordinal),
        };
    }

    private Completion Make(string text, CompletionKind kind, string detail) => new(text, kind, detail, _typed);
}
