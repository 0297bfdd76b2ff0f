using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Muster.Pql.Types;

namespace Muster.Storage.Lake;

/// <summary>
/// The shortcut of <see cref="DirectRecordCheck"/>, much faster: for records as machines write them, without blanks, escapes and
/// exponents. True only where the other is true too; false says nothing. Not thread-safe.
/// </summary>
internal sealed class CompactRecordCheck
{
    private const int Lookahead = 8;
    private const int MaximumDepth = 32;
    private const int LongestInteger = 18;
    private const int LongestDouble = 64;

    // What ends a string, or makes it one for the other check.
    private static readonly SearchValues<byte> s_special =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    private readonly FieldPlan _plan;
    private readonly FieldPlan? _id, _timestamp;
    private readonly bool _requiresEventFields;
    private long _objects;
    private bool _hasIdentity, _hasId, _hasTimestamp;

    public CompactRecordCheck(DataType schema, RecordRules rules)
    {
        _plan = FieldPlan.ForRecord(schema);
        (_id, _timestamp) = (_plan.Find(RecordColumns.Id), _plan.Find(RecordColumns.Timestamp));
        _requiresEventFields = rules.RequireEventFields;
    }

    /// <summary>Whether a record of valid UTF-8 is compact, and direct.</summary>
    public bool IsDirect(ReadOnlySpan<byte> record)
    {
        _hasIdentity = _hasId = _hasTimestamp = false;
        int at = 0;
        return CheckObject(record, ref at, _plan, 0) && at == record.Length
            && _hasIdentity && (!_requiresEventFields || (_hasId && _hasTimestamp));
    }

    private bool Check(ReadOnlySpan<byte> text, ref int at, FieldPlan plan, int depth)
    {
        switch (plan.Type.Kind)
        {
            case TypeKind.Object: return CheckObject(text, ref at, plan, depth + 1);
            case TypeKind.Array: return CheckArray(text, ref at, plan.Element!, depth + 1);
            case TypeKind.Map: return CheckMap(text, ref at, plan.Element!, depth + 1);
            case TypeKind.Boolean: return Take(text, ref at, "true"u8) || Take(text, ref at, "false"u8);
            case TypeKind.Integer: return CheckInteger(text, ref at);
            case TypeKind.Double: return CheckDouble(text, ref at);
        }

        if (!TryString(text, ref at, out ReadOnlySpan<byte> value)) return false;
        switch (plan.Type.Kind)
        {
            case TypeKind.Timestamp:
                _hasTimestamp |= plan == _timestamp;
                return TimeText.IsPlainTimestamp(value);
            case TypeKind.Date: return TimeText.IsPlainDate(value);
            default:
                if (plan.IsIdentity) _hasIdentity = _hasIdentity || IdentityRules.IsUsable(value);
                else if (plan == _id) _hasId = value.Length > 0;
                return true;
        }
    }

    private bool CheckObject(ReadOnlySpan<byte> text, ref int at, FieldPlan plan, int depth)
    {
        if (depth > MaximumDepth || !Take(text, ref at, (byte)'{')) return false;
        long stamp = ++_objects;
        bool any = false;
        for (int guess = 0; ;)
        {
            if (!TryName(text, ref at, plan, ref guess, out FieldPlan? child) || child.ReadIn == stamp) return false;
            child.ReadIn = stamp;
            if (!Take(text, ref at, "null"u8))
            {
                if (!Check(text, ref at, child, depth)) return false;
                any = true;
            }

            if (Take(text, ref at, (byte)'}')) return any;
            if (!Take(text, ref at, (byte)',')) return false;
        }
    }

    private bool CheckArray(ReadOnlySpan<byte> text, ref int at, FieldPlan element, int depth)
    {
        if (depth > MaximumDepth || !Take(text, ref at, (byte)'[')) return false;
        for (bool any = false; ;)
        {
            if (!Take(text, ref at, "null"u8))
            {
                if (!Check(text, ref at, element, depth)) return false;
                any = true;
            }

            if (Take(text, ref at, (byte)']')) return any;
            if (!Take(text, ref at, (byte)',')) return false;
        }
    }

    // Of one key, as most maps are: no key can stand twice.
    private bool CheckMap(ReadOnlySpan<byte> text, ref int at, FieldPlan element, int depth) =>
        depth <= MaximumDepth && Take(text, ref at, (byte)'{') && TryString(text, ref at, out _) && Take(text, ref at, (byte)':')
        && Check(text, ref at, element, depth) && Take(text, ref at, (byte)'}');

    private static bool TryName(
        ReadOnlySpan<byte> text, ref int at, FieldPlan plan, ref int guess, [NotNullWhen(true)] out FieldPlan? child)
    {
        FieldPlan[] children = plan.Children;
        ReadOnlySpan<byte> rest = text[at..];
        for (int i = 0; i < Lookahead && i < children.Length; i++)
        {
            int index = (guess + i) % children.Length;
            child = children[index];
            if (!rest.StartsWith(child.JsonName)) continue;
            at += child.JsonName.Length;
            guess = index + 1;
            return true;
        }

        child = null;
        return false;
    }

    private static bool TryString(ReadOnlySpan<byte> text, ref int at, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!Take(text, ref at, (byte)'"')) return false;
        int length = text[at..].IndexOfAny(s_special);
        if (length < 0 || text[at + length] != '"') return false;
        value = text.Slice(at, length);
        at += length + 1;
        return true;
    }

    private static bool CheckInteger(ReadOnlySpan<byte> text, ref int at)
    {
        bool isNegative = Take(text, ref at, (byte)'-');
        int digits = Digits(text, ref at);
        if (digits is 0 or > LongestInteger) return false;
        return text[at - digits] != '0' || (digits == 1 && !isNegative);
    }

    private static bool CheckDouble(ReadOnlySpan<byte> text, ref int at)
    {
        Take(text, ref at, (byte)'-');
        int digits = Digits(text, ref at);
        if (digits == 0 || digits > LongestDouble || (digits > 1 && text[at - digits] == '0')) return false;
        if (!Take(text, ref at, (byte)'.')) return true;
        return Digits(text, ref at) is > 0 and <= LongestDouble;
    }

    private static int Digits(ReadOnlySpan<byte> text, ref int at)
    {
        int start = at;
        while (at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9') at++;
        return at - start;
    }

    private static bool Take(ReadOnlySpan<byte> text, ref int at, byte value)
    {
        if (at >= text.Length || text[at] != value) return false;
        at++;
        return true;
    }

    private static bool Take(ReadOnlySpan<byte> text, ref int at, ReadOnlySpan<byte> value)
    {
        if (!text[at..].StartsWith(value)) return false;
        at += value.Length;
        return true;
    }
}
