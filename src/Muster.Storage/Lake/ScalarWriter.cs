using System.Globalization;
using System.Text.Json;
using Muster.Pql.Types;

namespace Muster.Storage.Lake;

/// <summary>Writes scalars of records in the one form in which DuckDB is given them. False: the value cannot be read as the type.</summary>
/// <param name="takesBooleansAsText">True for inferred schemas, in which mixed scalars are text; the platform converts no booleans.</param>
internal sealed class ScalarWriter(bool takesBooleansAsText)
{
    /// <summary>Writes the scalar at the reader.</summary>
    public bool TryWrite(ref Utf8JsonReader reader, TypeKind kind, OutputBytes output) => kind switch
    {
        TypeKind.Boolean => TryWriteBoolean(ref reader, output),
        TypeKind.Integer => TryWriteInteger(ref reader, output),
        TypeKind.Double => TryWriteDouble(ref reader, output),
        TypeKind.Timestamp or TypeKind.Date => TryWriteTime(ref reader, kind, output),
        _ => TryWriteString(ref reader, output),
    };

    private static bool TryWriteBoolean(ref Utf8JsonReader reader, OutputBytes output)
    {
        bool isText = reader.TokenType == JsonTokenType.String;
        bool isTrue = reader.TokenType == JsonTokenType.True || (isText && reader.ValueTextEquals("true"u8));
        bool isFalse = reader.TokenType == JsonTokenType.False || (isText && reader.ValueTextEquals("false"u8));
        if (isTrue || isFalse) output.Append(isTrue ? "true"u8 : "false"u8);
        return isTrue || isFalse;
    }

    private static bool TryWriteInteger(ref Utf8JsonReader reader, OutputBytes output)
    {
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String) || reader.ValueSpan.Length > 64) return false;
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long value))
        {
            output.Append(value);
            return true;
        }

        // 1.0 and 1e3 are integers too; so is text that says one.
        NumberStyles style = reader.TokenType == JsonTokenType.Number ? NumberStyles.Float : NumberStyles.AllowLeadingSign;
        if (!decimal.TryParse(reader.ValueSpan, style, CultureInfo.InvariantCulture, out decimal number)) return false;
        if (decimal.Truncate(number) != number || number < long.MinValue || number > long.MaxValue) return false;
        output.Append((long)number);
        return true;
    }

    private static bool TryWriteDouble(ref Utf8JsonReader reader, OutputBytes output)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (!reader.TryGetDouble(out double number) || !double.IsFinite(number)) return false;
            output.Append(reader.ValueSpan);
            return true;
        }

        if (reader.TokenType != JsonTokenType.String) return false;
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(reader.ValueSpan, style, CultureInfo.InvariantCulture, out double parsed)) return false;
        if (!double.IsFinite(parsed)) return false;
        output.Append(System.Text.Encoding.ASCII.GetBytes(parsed.ToString("R", CultureInfo.InvariantCulture)));
        return true;
    }

    private static bool TryWriteTime(ref Utf8JsonReader reader, TypeKind kind, OutputBytes output)
    {
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String)) return false;
        if (!TimeText.TryRead(ref reader, out DateTime utc)) return false;
        if (kind == TypeKind.Date) TimeText.WriteDate(utc, output);
        else TimeText.WriteTimestamp(utc, output);
        return true;
    }

    private bool TryWriteString(ref Utf8JsonReader reader, OutputBytes output)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String when IsText(ref reader):
                output.AppendQuoted(reader.ValueSpan);
                return true;
            case JsonTokenType.Number:
                output.AppendQuoted(reader.ValueSpan);
                return true;
            case JsonTokenType.True or JsonTokenType.False when takesBooleansAsText:
                output.AppendQuoted(reader.ValueSpan);
                return true;
            default: return false;
        }
    }

    /// <summary>Whether the string or name at the reader is text: half a surrogate pair and the character 0 are not.</summary>
    public static bool IsText(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return true;
        try
        {
            return !reader.GetString()!.Contains('\0', StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
