namespace Ledger.Host.Adapters.Files;

/// <summary>Cuts a stream into lines without ever holding more than one of them; a longer line than allowed is passed over and reported as such.</summary>
/// <remarks>A line ends with LF or CR LF; a byte order mark before the first one is left out. The bytes of a line are valid until the next is read.</remarks>
public sealed class LineReader(Stream stream, int lineBytesMax)
{
    private static readonly byte[] ByteOrderMark = [0xef, 0xbb, 0xbf];

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _atEnd;

    /// <summary>The current line's number, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The current line without its end; empty when it is <see cref="TooLong"/>.</summary>
    public ReadOnlyMemory<byte> Line { get; private set; }

    /// <summary>Whether the current line has more bytes than allowed.</summary>
    public bool TooLong { get; private set; }

    /// <summary>Bytes taken from the stream so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Goes to the next line; false at the end of the stream.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken cancel)
    {
        TooLong = false;
        int searched = 0;
        while (true)
        {
            int feed = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                Take(searched + feed, 1);
                return true;
            }

            searched = _end - _start;
            if (_atEnd)
            {
                if (searched == 0 && !TooLong) return false;
                Take(searched, 0);
                return true;
            }

            if (searched > lineBytesMax)
            {
                // Only the fact that it is too long is kept.
                TooLong = true;
                _start = _end;
                searched = 0;
            }

            await FillAsync(cancel);
        }
    }

    private void Take(int size, int endBytes)
    {
        ReadOnlyMemory<byte> line = _buffer.AsMemory(_start, size);
        if (Number++ == 0 && line.Span.StartsWith(ByteOrderMark)) line = line[ByteOrderMark.Length..];
        if (line.Span.EndsWith("\r"u8)) line = line[..^1];
        TooLong |= line.Length > lineBytesMax;
        Line = TooLong ? default : line;
        _start += size + endBytes;
    }

    private async ValueTask FillAsync(CancellationToken cancel)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancel);
        _atEnd = read == 0;
        _end += read;
        BytesRead += read;
    }
}
