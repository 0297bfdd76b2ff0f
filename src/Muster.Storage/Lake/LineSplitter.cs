using System.Text;

namespace Muster.Storage.Lake;

/// <summary>A record is a line that is not blank; its row is the number of the line.</summary>
internal sealed class LineSplitter : IRecordSplitter
{
    private long _line;

    public int Split(ReadOnlySpan<byte> bytes, bool isLast, List<RecordSpan> records)
    {
        int position = 0;
        while (position < bytes.Length)
        {
            int length = bytes[position..].IndexOf((byte)'\n');
            if (length < 0 && !isLast) break;
            int end = length < 0 ? bytes.Length : position + length;
            _line++;
            int start = position;
            if (_line == 1 && bytes[start..end].StartsWith(Encoding.UTF8.Preamble)) start += 3;
            int skipped = bytes[start..end].IndexOfAnyExcept(" \t\r"u8);
            if (skipped >= 0)
            {
                start += skipped;
                int used = bytes[start..end].LastIndexOfAnyExcept(" \t\r"u8) + 1;
                records.Add(new RecordSpan(start, used, _line));
            }

            position = Math.Min(end + 1, bytes.Length);
        }

        return position;
    }
}
