using Muster.Pql.Diagnostics;

namespace Muster.Pql.Editing;

/// <summary>What a piece of text is, for colouring.</summary>
public enum SemanticKind
{
    /// <summary>A word of the language.</summary>
    Keyword,

    /// <summary>A function's name.</summary>
    Function,

    /// <summary>A variable, parameter or label.</summary>
    Variable,

    /// <summary>A field of the profile, an event or an element.</summary>
    Field,

    /// <summary>Text in quotes.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>An operator or bracket.</summary>
    Operator,

    /// <summary>What the lexer does not know.</summary>
    Unknown,
}

/// <summary>A coloured piece of text.</summary>
/// <param name="Span">Where it stands; tokens do not overlap and are in order.</param>
/// <param name="Kind">What it is.</param>
public sealed record SemanticToken(TextSpan Span, SemanticKind Kind);

/// <summary>What a completion inserts.</summary>
public enum CompletionKind
{
    /// <summary>A field.</summary>
    Field,

    /// <summary>A function or method.</summary>
    Function,

    /// <summary>A word of the language.</summary>
    Keyword,

    /// <summary>A variable in scope.</summary>
    Variable,

    /// <summary>A key of a map that is known, such as an identity namespace.</summary>
    Key,

    /// <summary>A segment.</summary>
    Segment,
}

/// <summary>A proposal for what could stand at a position.</summary>
/// <param name="Text">What is inserted.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Detail">A type or a signature.</param>
/// <param name="Replaces">What is typed already and gives way.</param>
public sealed record Completion(string Text, CompletionKind Kind, string Detail, TextSpan Replaces);

/// <summary>Which argument of which function is being written.</summary>
/// <param name="Signature">The function's signature.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Argument">Number of the argument within the brackets, from 0.</param>
public sealed record SignatureHelp(string Signature, string Summary, int Argument);

/// <summary>What is known of the text under a pointer.</summary>
/// <param name="Span">What it is about.</param>
/// <param name="Text">Markdown.</param>
public sealed record Hover(TextSpan Span, string Text);

/// <summary>What an editor's sandbox knows besides the schema.</summary>
/// <param name="Namespaces">Codes of identity namespaces.</param>
/// <param name="Segments">Ids of segments with their names.</param>
public sealed record EditorNames(IReadOnlyList<string> Namespaces, IReadOnlyList<(string Id, string Name)> Segments)
{
    /// <summary>Nothing is known.</summary>
    public static EditorNames None { get; } = new([], []);
}
