namespace Muster.Storage.Lake;

/// <summary>Cuts a stream of CSV into records and their fields, without decoding text. Not thread-safe.</summary>
internal sealed class CsvReader(Stream stream, CsvFormat format)
{
    private readonly byte _delimiter = (byte)format.Delimiter, _quote = (byte)format.Quote, _escape = (byte)format.Escape;
    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly OutputBytes _text = new();
    private readonly List<int> _ends = [];
    private int _position, _filled;
    private long _line = 1;
    private bool _begun;

    /// <summary>The line on which the last record begins, from 1.</summary>
    public long Row { get; private set; }

    /// <summary>The number of the last record, from 1; the header counts.</summary>
    public long Number { get; private set; }

    /// <summary>The fields of the last record.</summary>
    public int Count => _ends.Count;

    /// <summary>What is wrong with the last record; null if nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>The bytes taken from the stream.</summary>
    public long BytesRead { get; private set; }

    /// <summary>A field of the last record, as UTF-8 if the file is.</summary>
    public ReadOnlySpan<byte> this[int index] => _text.Written[(index == 0 ? 0 : _ends[index - 1]).._ends[index]];

    /// <summary>Reads the next record; lines without any character are none.</summary>
    /// <exception cref="InvalidDataException">A record is too long.</exception>
    public bool Read()
    {
        if (!_begun) SkipMark();
        int next = Peek();
        while (next is '\r' or '\n')
        {
            Take();
            next = Peek();
        }

        if (next < 0) return false;
        Row = _line;
        Number++;
        Problem = null;
        _text.CutTo(0);
        _ends.Clear();
        while (ReadField())
        {
        }

        return true;
    }

    // False at the end of the record.
    private bool ReadField()
    {
        if (Peek() == _quote)
        {
            Take();
            ReadQuoted();
        }

        for (int next = Take(); ; next = Take())
        {
            if (next == _delimiter)
            {
                _ends.Add(_text.Length);
                return true;
            }

            if (next == '\r' && Peek() == '\n') next = Take();
            if (next is '\n' or '\r' or < 0)
            {
                _ends.Add(_text.Length);
                return false;
            }

            Append(next);
        }
    }

    private void ReadQuoted()
    {
        for (int next = Take(); next >= 0; next = Take())
        {
            if (next == _escape && (Peek() == _quote || Peek() == _escape) && _escape != _quote)
            {
                Append(Take());
            }
            else if (next != _quote)
            {
                Append(next);
            }
            else if (Peek() == _quote)
            {
                Append(Take());
            }
            else
            {
                int after = Peek();
                if (after >= 0 && after != _delimiter && after is not ('\r' or '\n'))
                    Problem ??= "The record has text between a closing quote and the delimiter.";
                return;
            }
        }

        Problem = "The record has a quote that is not closed.";
    }

    private void Append(int value)
    {
        if (_text.Length >= RecordFile.MaximumRecordBytes)
            throw new InvalidDataException($"it has a record of more than {RecordFile.MaximumRecordBytes >> 20} MiB");
        _text.Append((byte)value);
    }

    private void SkipMark()
    {
        _begun = true;
        Peek();
        if (_buffer.AsSpan(0, _filled).StartsWith(System.Text.Encoding.UTF8.Preamble)) _position = 3;
    }

    private int Peek()
    {
        if (_position == _filled)
        {
            _position = 0;
            _filled = stream.ReadAtLeast(_buffer, _buffer.Length, throwOnEndOfStream: false);
            BytesRead += _filled;
        }

        return _filled == 0 ? -1 : _buffer[_position];
    }

    // A line ends with LF, CRLF or CR.
    private int Take()
    {
        int value = Peek();
        if (value < 0) return value;
        _position++;
        if (value == '\n' || (value == '\r' && Peek() != '\n')) _line++;
        return value;
    }
}
