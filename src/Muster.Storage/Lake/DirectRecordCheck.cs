using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Muster.Pql.Types;
using Muster.Storage.Schemas;

namespace Muster.Storage.Lake;

/// <summary>
/// Whether a record may go to DuckDB as it stands: true only if the <see cref="RecordNormaliser"/> takes it and DuckDB reads the same from
/// both. So every value has the very type of its field (DuckDB would take <c>1</c> for text and <c>"1"</c> for an integer), times are in
/// the one form that needs no choice, and there is nothing empty (it would not be absent), twice or unknown. Not thread-safe.
/// </summary>
internal sealed class DirectRecordCheck(DataType schema, RecordRules rules)
{
    private const int Lookahead = 8;

    private readonly CompactRecordCheck _compact = new(schema, rules);
    private readonly FieldPlan _plan = FieldPlan.ForRecord(schema);
    private FieldPlan? _id;
    private FieldPlan? _timestamp;
    private long _objects;
    private bool _hasIdentity;
    private bool _hasId;
    private bool _hasTimestamp;

    /// <summary>Whether all records of a chunk may.</summary>
    /// <param name="chunk">The records.</param>
    /// <param name="largest">The bytes of the longest record.</param>
    public bool AreDirect(RecordChunk chunk, out int largest)
    {
        largest = 0;
        if (chunk.Problems.Count > 0 || !Utf8.IsValid(chunk.Bytes)) return false;
        for (int i = 0; i < chunk.Count; i++)
        {
            ReadOnlySpan<byte> record = chunk[i];
            if (!IsDirect(record)) return false;
            largest = Math.Max(largest, record.Length);
        }

        return true;
    }

    /// <summary>Whether a record of valid UTF-8 may.</summary>
    public bool IsDirect(ReadOnlySpan<byte> record) => _compact.IsDirect(record) || IsDirectAtLeisure(record);

    /// <summary>The same without the shortcut for compact records.</summary>
    internal bool IsDirectAtLeisure(ReadOnlySpan<byte> record)
    {
        _id ??= _plan.Find(RecordColumns.Id);
        _timestamp ??= _plan.Find(RecordColumns.Timestamp);
        _hasIdentity = _hasId = _hasTimestamp = false;
        var reader = new Utf8JsonReader(record, SchemaInference.ReaderOptions);
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject || !CheckObject(ref reader, _plan) || reader.Read()) return false;
        }
        catch (JsonException)
        {
            return false;
        }

        return _hasIdentity && (!rules.RequireEventFields || (_hasId && _hasTimestamp));
    }

    private bool Check(ref Utf8JsonReader reader, FieldPlan plan)
    {
        switch (plan.Type.Kind)
        {
            case TypeKind.Object: return reader.TokenType == JsonTokenType.StartObject && CheckObject(ref reader, plan);
            case TypeKind.Array: return reader.TokenType == JsonTokenType.StartArray && CheckArray(ref reader, plan.Element!);
            case TypeKind.Map: return reader.TokenType == JsonTokenType.StartObject && CheckMap(ref reader, plan.Element!);
            case TypeKind.Boolean: return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
            case TypeKind.Integer:
                return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long integer)
                    && (integer != 0 || reader.ValueSpan.Length == 1);
            case TypeKind.Double:
                return reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double number) && double.IsFinite(number);
            case TypeKind.Timestamp:
                _hasTimestamp |= plan == _timestamp;
                return reader.TokenType == JsonTokenType.String && TimeText.IsPlainTimestamp(reader.ValueSpan);
            case TypeKind.Date: return reader.TokenType == JsonTokenType.String && TimeText.IsPlainDate(reader.ValueSpan);
            default:
                if (reader.TokenType != JsonTokenType.String || !ScalarWriter.IsText(ref reader)) return false;
                if (plan.IsIdentity) _hasIdentity = _hasIdentity || (!reader.ValueIsEscaped && IdentityRules.IsUsable(reader.ValueSpan));
                else if (plan == _id) _hasId = reader.ValueSpan.Length > 0;
                return true;
        }
    }

    private bool CheckObject(ref Utf8JsonReader reader, FieldPlan plan)
    {
        long stamp = ++_objects;
        int guess = 0;
        bool any = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            FieldPlan? child = Next(ref reader, plan, ref guess);
            if (child is null)
            {
                if (!MayPassOver(ref reader, plan)) return false;
                continue;
            }

            reader.Read();
            if (child.ReadIn == stamp) return false;
            child.ReadIn = stamp;
            if (reader.TokenType == JsonTokenType.Null) continue;
            if (!Check(ref reader, child)) return false;
            any = true;
        }

        return any;
    }

    private bool CheckArray(ref Utf8JsonReader reader, FieldPlan element)
    {
        bool any = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.Null) continue;
            if (!Check(ref reader, element)) return false;
            any = true;
        }

        return any;
    }

    private bool CheckMap(ref Utf8JsonReader reader, FieldPlan element)
    {
        // The first key becomes text only when there is a second: most maps have one.
        ReadOnlySpan<byte> first = default;
        HashSet<string>? keys = null;
        bool any = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueIsEscaped) return false;
            if (!any)
                first = reader.ValueSpan;
            else if (!(keys ??= new HashSet<string>(StringComparer.Ordinal) { Encoding.UTF8.GetString(first) }).Add(reader.GetString()!))
                return false;
            reader.Read();
            if (!Check(ref reader, element)) return false;
            any = true;
        }

        return any;
    }

    private static FieldPlan? Next(ref Utf8JsonReader reader, FieldPlan plan, ref int guess)
    {
        FieldPlan[] children = plan.Children;
        int end = Math.Min(children.Length, guess + Lookahead);
        for (int i = guess; i < end; i++)
        {
            if (!reader.ValueTextEquals(children[i].Utf8Name)) continue;
            guess = i + 1;
            return children[i];
        }

        if (!ScalarWriter.IsText(ref reader)) return null;
        string name = reader.GetString()!;
        FieldPlan? child = plan.Find(name);
        if (child is null || child.Name != name) return null;
        guess = Array.IndexOf(children, child) + 1;
        return child;
    }

    // DuckDB passes over what is no field, whatever it is; the normaliser only over null and the fields of the standard that are not kept.
    private static bool MayPassOver(ref Utf8JsonReader reader, FieldPlan plan)
    {
        if (!ScalarWriter.IsText(ref reader)) return false;
        string name = reader.GetString()!;
        if (plan.Find(name) is not null) return false;
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return true;
        if (!plan.Ignored.Contains(name)) return false;
        reader.Skip();
        return true;
    }
}
