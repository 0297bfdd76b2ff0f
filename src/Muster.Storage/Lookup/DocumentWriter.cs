using System.Globalization;
using System.Text;
using System.Text.Json;
using Muster.Pql.Types;
using Muster.Storage.Profiles;

namespace Muster.Storage.Lookup;

/// <summary>
/// Turns DuckDB's JSON of a row into the JSON that clients get, in one pass over the bytes: no nulls, no empty objects and lists, instants
/// in ISO
/// form; what is an element of a list keeps its place as a null. One field of the root may be set aside. Owns its buffers, which grow to
/// the largest
/// document and are used again: what it returns is good until the next call. Not thread-safe.
/// </summary>
internal sealed class DocumentWriter(JsonShape shape, string? setAside = null)
{
    private readonly byte[]? _setAside = setAside is null ? null : Encoding.UTF8.GetBytes(setAside);
    private byte[] _bytes = new byte[4096];
    private int _length;
    private byte[] _aside = [];
    private int _asideLength;

    /// <summary>The field that was set aside; empty if the last document has none.</summary>
    public ReadOnlySpan<byte> SetAside => _aside.AsSpan(0, _asideLength);

    /// <summary>The document; <c>{}</c> if nothing in it has a value.</summary>
    public ReadOnlySpan<byte> Write(ReadOnlySpan<byte> json)
    {
        _length = _asideLength = 0;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null || !WriteObject(ref reader, shape, isRoot: true))
        {
            _length = 0;
            Append("{}"u8);
        }
        return _bytes.AsSpan(0, _length);
    }

    // Each of these writes a value and returns true, or leaves the buffer as it was and returns false: there is nothing in it.
    private bool WriteValue(ref Utf8JsonReader reader, JsonShape of)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return false;
            case JsonTokenType.StartObject:
                return of.Kind == TypeKind.Map ? WriteMap(ref reader, of.Element!) : WriteObject(ref reader, of, isRoot: false);
            case JsonTokenType.StartArray:
                return WriteArray(ref reader, of.Element!);
            case JsonTokenType.String:
                if (of.Kind == TypeKind.Timestamp) WriteInstant(ref reader);
                else AppendQuoted(reader.ValueSpan);
                return true;
            default:
                Append(reader.ValueSpan);
                return true;
        }
    }

    private bool WriteObject(ref Utf8JsonReader reader, JsonShape of, bool isRoot)
    {
        int start = _length, next = 0;
        Append("{"u8);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            // Fields come in the order of the shape; what it does not know stands for an object without fields.
            int field = next < of.Names.Length && reader.ValueTextEquals(of.Names[next]) ? next : IndexOf(ref reader, of);
            next = field + 1;
            bool aside = isRoot && _setAside is not null && reader.ValueTextEquals(_setAside);
            int before = _length;
            if (!aside) AppendName(ref reader, start);
            int value = _length;
            reader.Read();
            if (field < 0)
            {
                reader.Skip();
                _length = before;
            }
            else if (!WriteValue(ref reader, of.Fields[field]))
            {
                _length = before;
            }
            else if (aside)
            {
                SetApart(value);
                _length = before;
            }
        }
        return Close(start, "}"u8);
    }

    private bool WriteMap(ref Utf8JsonReader reader, JsonShape element)
    {
        int start = _length;
        Append("{"u8);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            int before = _length;
            AppendName(ref reader, start);
            reader.Read();
            if (!WriteValue(ref reader, element)) _length = before;
        }
        return Close(start, "}"u8);
    }

    private bool WriteArray(ref Utf8JsonReader reader, JsonShape element)
    {
        int start = _length;
        Append("["u8);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (_length > start + 1) Append(","u8);
            if (!WriteValue(ref reader, element)) Append("null"u8);
        }
        return Close(start, "]"u8);
    }

    private bool Close(int start, ReadOnlySpan<byte> end)
    {
        bool any = _length > start + 1;
        if (any) Append(end);
        else _length = start;
        return any;
    }

    private static int IndexOf(ref Utf8JsonReader reader, JsonShape of)
    {
        for (int i = 0; i < of.Names.Length; i++)
            if (reader.ValueTextEquals(of.Names[i])) return i;
        return -1;
    }

    private void SetApart(int start)
    {
        _asideLength = _length - start;
        if (_aside.Length < _asideLength) _aside = new byte[_asideLength * 2];
        _bytes.AsSpan(start, _asideLength).CopyTo(_aside);
    }

    // DuckDB says 2026-02-01 00:00:00.123456+00; clients get whole milliseconds, and none where they are zero.
    private void WriteInstant(ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> text = reader.ValueSpan;
        bool usual = text.Length is >= 22 and <= 29 && text[4] == '-' && text[7] == '-' && text[10] == ' ' && text[13] == ':'
            && text[16] == ':' && text.EndsWith("+00"u8) && (text.Length == 22 || text[19] == '.') && text[0] != '0';
        if (!usual)
        {
            string all = reader.GetString()!;
            bool isTime = DateTimeOffset.TryParse(
                all, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at);
            if (isTime) AppendQuoted(Encoding.UTF8.GetBytes(NestedJson.Instant(at)));
            else AppendQuoted(text);
            return;
        }
        Append("\""u8);
        Append(text[..10]);
        Append("T"u8);
        Append(text[11..19]);
        Span<byte> fraction = [(byte)'.', (byte)'0', (byte)'0', (byte)'0'];
        if (text.Length > 22) text[20..Math.Min(text.Length - 3, 23)].CopyTo(fraction[1..]);
        if (!fraction.SequenceEqual(".000"u8)) Append(fraction);
        Append("Z\""u8);
    }

    private void AppendName(ref Utf8JsonReader reader, int start)
    {
        if (_length > start + 1) Append(","u8);
        AppendQuoted(reader.ValueSpan);
        Append(":"u8);
    }

    // The span is still escaped as JSON, so it is copied.
    private void AppendQuoted(ReadOnlySpan<byte> escaped)
    {
        Span<byte> room = Room(escaped.Length + 2);
        room[0] = (byte)'"';
        escaped.CopyTo(room[1..]);
        room[escaped.Length + 1] = (byte)'"';
    }

    private void Append(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));

    private Span<byte> Room(int size)
    {
        if (_length + size > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + size));
        _length += size;
        return _bytes.AsSpan(_length - size, size);
    }
}
