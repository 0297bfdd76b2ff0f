using System.Text.Json.Nodes;
using Muster.Pql;
using Muster.Services.Requests;

namespace Muster.Services.Segmentation.Definitions;

/// <summary>Turns the query of a definition-like body into its other form.</summary>
public static class ExpressionConversion
{
    /// <summary>The other form, and the query in it.</summary>
    /// <exception cref="RequestRefusedException">The body has no expression, or the query cannot be read.</exception>
    public static (PqlFormat Format, string Value) Convert(JsonObject body)
    {
        (string format, string value) = DefinitionBody.Expression(body.RequiredObject("expression"));
        PqlFormat from = DefinitionCompiler.Format(format);
        PqlConversion conversion = PqlCompiler.Convert(value, from);
        return conversion.Converted is { } text
            ? (from == PqlFormat.Text ? PqlFormat.Json : PqlFormat.Text, text)
            : throw DefinitionCompiler.Refuse(value, conversion.Diagnostics);
    }
}
