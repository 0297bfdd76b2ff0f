using System.Buffers.Text;

namespace Muster.Storage.Lake;

/// <summary>
/// Bytes that grow, and that can be cut back to an earlier length: a value that turns out to be absent is unwritten with its name.
/// </summary>
internal sealed class OutputBytes
{
    private byte[] _bytes = new byte[1 << 16];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void CutTo(int length) => Length = length;

    public void Append(byte value)
    {
        if (Length == _bytes.Length) Array.Resize(ref _bytes, _bytes.Length * 2);
        _bytes[Length++] = value;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Append(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out int written);
        Append(digits[..written]);
    }

    /// <summary>Appends text between quotes; the bytes are already escaped.</summary>
    public void AppendQuoted(ReadOnlySpan<byte> escaped)
    {
        Append((byte)'"');
        Append(escaped);
        Append((byte)'"');
    }
}
