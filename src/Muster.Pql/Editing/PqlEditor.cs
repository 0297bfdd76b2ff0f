using Muster.Pql.Binding;
using Muster.Pql.Diagnostics;
using Muster.Pql.Functions;
using Muster.Pql.Syntax;
using Muster.Pql.Text;
using Muster.Pql.Types;

namespace Muster.Pql.Editing;

/// <summary>
/// What an editor asks about a query in pql/text while it is written. Nothing throws, whatever the text; positions beyond it are at its
/// end. All of
/// it is thread-safe.
/// </summary>
/// <param name="schema">The schema of the sandbox.</param>
/// <param name="names">Namespaces and segments, for completions.</param>
public sealed class PqlEditor(ProfileSchema schema, EditorNames? names = null)
{
    private readonly EditorNames _names = names ?? EditorNames.None;

    /// <summary>Proposals at a position: fields after a dot, with methods that fit; else fields, variables, functions and words.</summary>
    public IReadOnlyList<Completion> Completions(string text, int position) =>
        new CompletionFinder(schema, _names, text, Within(text, position)).Find();

    /// <summary>What is known of the name or call at a position; null if there is none.</summary>
    public Hover? HoverAt(string text, int position)
    {
        position = Within(text, position);
        List<Token> tokens = Lexer.Read(text, new DiagnosticBag());
        int index = tokens.FindIndex(token => token.Kind is TokenKind.Identifier or TokenKind.QuotedIdentifier
            && token.Span.Start <= position && position < token.Span.End);
        if (index < 0) return null;
        Token word = tokens[index];
        if (tokens[index + 1].IsSymbol("(") && FunctionCatalogue.All.TryGetValue(word.Text, out FunctionDefinition? function))
            return new Hover(word.Span, $"`{function.Signature}`\n\n{function.Summary} Of null: {function.OfNull}.");
        BoundExpression? node = TypedNodes(text).Where(n => n is BoundField or BoundVariable or BoundMapValue && n.Span.Start <= position
            && position < n.Span.End && n.Span.End == word.Span.End)
            .OrderBy(n => n.Span.Length).ThenByDescending(n => n is BoundField or BoundMapValue).FirstOrDefault();
        if (node is not null) return new Hover(word.Span, $"`{word.Text}`: {node.Type}");
        return Keywords.Reserved.Contains(word.Text) ? new Hover(word.Span, $"`{word.Text}`: a word of the language") : null;
    }

    /// <summary>The call around a position and the argument that is being written; null outside of calls.</summary>
    public static SignatureHelp? SignatureAt(string text, int position)
    {
        position = Within(text, position);
        List<Token> tokens = Lexer.Read(text, new DiagnosticBag())
            .TakeWhile(token => token.Span.End <= position && token.Kind != TokenKind.End).ToList();
        int level = 0, argument = 0;
        for (int i = tokens.Count - 1; i >= 0; i--)
        {
            if (tokens[i].IsSymbol(")") || tokens[i].IsSymbol("]") || tokens[i].IsSymbol("}")) level++;
            else if (tokens[i].IsSymbol(",") && level == 0) argument++;
            else if (tokens[i].IsSymbol("(") || tokens[i].IsSymbol("[") || tokens[i].IsSymbol("{"))
            {
                if (level-- > 0) continue;
                level = 0;
                bool isCall = tokens[i].IsSymbol("(") && i > 0 && tokens[i - 1].Kind == TokenKind.Identifier;
                if (isCall && FunctionCatalogue.All.TryGetValue(tokens[i - 1].Text, out FunctionDefinition? function))
                    return new SignatureHelp(function.Signature, function.Summary, argument);
                argument = 0;
            }
        }
        return null;
    }

    /// <summary>The text in coloured pieces.</summary>
    public IReadOnlyList<SemanticToken> SemanticTokens(string text)
    {
        List<Token> tokens = Lexer.Read(text, new DiagnosticBag());
        HashSet<string> variables = VariablesOf(tokens);
        List<SemanticToken> result = [];
        for (int i = 0; i < tokens.Count - 1; i++)
            result.Add(new SemanticToken(tokens[i].Span, KindOf(tokens, i, variables)));
        return result;
    }

    /// <summary>The query in its canonical layout; as it was if it has an error.</summary>
    public static string Format(string text) => PqlCompiler.Normalize(text, PqlFormat.Text).Converted ?? text;

    private static int Within(string text, int position) => Math.Clamp(position, 0, text.Length);

    /// <summary>All typed nodes of a query, of what could be read of it.</summary>
    private IEnumerable<BoundExpression> TypedNodes(string text)
    {
        DiagnosticBag diagnostics = new();
        SyntaxNode tree = Parser.Parse(text, diagnostics);
        if (diagnostics.HasErrors) return [];
        return BoundTree.DescendantsAndSelf(Binder.Bind(tree, schema, asSegment: false, diagnostics).Body);
    }

    /// <summary>Names that some construct of the text binds.</summary>
    internal static HashSet<string> VariablesOf(List<Token> tokens)
    {
        HashSet<string> variables = new(StringComparer.Ordinal);
        for (int i = 0; i + 1 < tokens.Count; i++)
        {
            bool isVariable = tokens[i].IsName && (tokens[i + 1].IsKeyword("from") || tokens[i + 1].IsSymbol("=>")
                || (tokens[i + 1].IsSymbol(":") && i + 2 < tokens.Count && tokens[i + 2].IsKeyword("what"))
                    || (i > 0 && tokens[i - 1].IsKeyword("let")));
            if (isVariable) variables.Add(tokens[i].Text);
            if (!tokens[i].IsSymbol(")") || !tokens[i + 1].IsSymbol("=>")) continue;
            for (int j = i - 1; j >= 0 && !tokens[j].IsSymbol("("); j--)
                if (tokens[j].IsName) variables.Add(tokens[j].Text);
        }
        return variables;
    }

    private static SemanticKind KindOf(List<Token> tokens, int index, HashSet<string> variables)
    {
        Token token = tokens[index];
        bool afterDot = index > 0 && (tokens[index - 1].IsSymbol(".") || tokens[index - 1].IsSymbol("^"));
        switch (token.Kind)
        {
            case TokenKind.String: return SemanticKind.Text;
            case TokenKind.Integer or TokenKind.Double: return SemanticKind.Number;
            case TokenKind.Parameter or TokenKind.ContextReference: return SemanticKind.Variable;
            case TokenKind.Symbol: return SemanticKind.Operator;
            case TokenKind.QuotedIdentifier: return SemanticKind.Field;
            case TokenKind.Identifier when tokens[index + 1].IsSymbol("(")
                && FunctionCatalogue.All.ContainsKey(token.Text):
                return SemanticKind.Function;
            case TokenKind.Identifier when afterDot: return SemanticKind.Field;
            case TokenKind.Identifier when variables.Contains(token.Text): return SemanticKind.Variable;
            case TokenKind.Identifier when Keywords.Quoted.Contains(token.Text)
                || Keywords.Units.ContainsKey(token.Text):
                return SemanticKind.Keyword;
            case TokenKind.Identifier: return SemanticKind.Field;
            default: return SemanticKind.Unknown;
        }
    }
}
