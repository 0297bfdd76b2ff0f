using System.Buffers;
using System.Text;

namespace Muster.Storage.Lake;

/// <summary>
/// A record is an element of the array that is the file, or a document of several in it; its row is its number. Lenient about commas: an
/// element
/// that is not JSON fails alone. What is left open at the end of the file is one (failing) record.
/// </summary>
internal sealed class ElementSplitter : IRecordSplitter
{
    private static readonly SearchValues<byte> s_structure = SearchValues.Create("{}[]\""u8);
    private static readonly SearchValues<byte> s_separators = SearchValues.Create(" \t\r\n,]{"u8);

    private long _row;
    private bool _begun;
    private bool _inArray;

    public int Split(ReadOnlySpan<byte> bytes, bool isLast, List<RecordSpan> records)
    {
        int position = 0;
        if (!_begun && bytes.StartsWith(Encoding.UTF8.Preamble)) position = 3;
        while (position < bytes.Length)
        {
            byte current = bytes[position];
            if (current is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)',')
            {
                position++;
            }
            else if (!_begun && current == '[')
            {
                _begun = _inArray = true;
                position++;
            }
            else if (_inArray && current == ']')
            {
                _inArray = false;
                position++;
            }
            else
            {
                _begun = true;
                int length = LengthOfElement(bytes[position..]);
                if (length < 0 && !isLast) break;
                if (length < 0) length = bytes.Length - position;
                records.Add(new RecordSpan(position, length, ++_row));
                position += length;
            }
        }

        return position;
    }

    private static int LengthOfElement(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] is not ((byte)'{' or (byte)'[' or (byte)'"'))
        {
            int end = bytes[1..].IndexOfAny(s_separators);
            return end < 0 ? -1 : end + 1;
        }

        int depth = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            int skip = bytes[i..].IndexOfAny(s_structure);
            if (skip < 0) return -1;
            i += skip;
            if (bytes[i] == '"')
            {
                i = EndOfString(bytes, i + 1);
                if (i < 0) return -1;
            }
            else
            {
                depth += bytes[i] is (byte)'{' or (byte)'[' ? 1 : -1;
            }

            if (depth <= 0) return i + 1;
        }

        return -1;
    }

    private static int EndOfString(ReadOnlySpan<byte> bytes, int from)
    {
        for (int i = from; i < bytes.Length; i++)
        {
            int skip = bytes[i..].IndexOfAny((byte)'"', (byte)'\\');
            if (skip < 0) return -1;
            i += skip;
            if (bytes[i] == '"') return i;
            i++;
        }

        return -1;
    }
}
