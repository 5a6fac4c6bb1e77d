namespace Ledger.Host.Adapters.Chat;

/// <summary>What waits to be sent to one connection: shared lines, bounded in number and bytes. Not for several threads at once.</summary>
internal sealed class SendQueue
{
    /// <summary>Lines that may wait.</summary>
    public const int LinesMax = 128;

    /// <summary>Bytes that may wait; a line that is alone may be larger.</summary>
    public const int BytesMax = 128 << 10;

    private readonly byte[]?[] _lines = new byte[LinesMax][];
    private int _first;
    private int _count;
    private int _bytes;

    /// <summary>Puts a line behind the others; false when there is no room for it.</summary>
    public bool TryPut(byte[] line)
    {
        if (_count == LinesMax || (_count > 0 && _bytes + line.Length > BytesMax)) return false;
        _lines[(_first + _count++) % LinesMax] = line;
        _bytes += line.Length;
        return true;
    }

    /// <summary>Takes the first line; null when none waits.</summary>
    public byte[]? Take()
    {
        if (_count == 0) return null;
        byte[] line = _lines[_first]!;
        _lines[_first] = null;
        _first = (_first + 1) % LinesMax;
        _count--;
        _bytes -= line.Length;
        return line;
    }

    /// <summary>Forgets everything that waits.</summary>
    public void Clear()
    {
        while (Take() is not null) { }
    }
}
