namespace Muster.Pql;

/// <summary>The two forms of a query.</summary>
public enum PqlFormat
{
    /// <summary><c>pql/text</c>: what people write.</summary>
    Text,

    /// <summary><c>pql/json</c>: the tree as JSON.</summary>
    Json,
}
