namespace Muster.Engine.Planning;

/// <summary>Text of queries within the canonical text of nodes: quoted so that different texts never read the same.</summary>
internal static class Quoted
{
    public static string Of(string text) =>
        "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
