using System.Buffers;
using System.Numerics;

namespace Ledger.ChainBridge.Transactions;

/// <summary>Writes RLP, Ethereum's recursive length prefix encoding (yellow paper, appendix B).</summary>
internal sealed class RlpWriter
{
    private const byte TextBase = 0x80;
    private const byte ListBase = 0xc0;
    private const int ShortMax = 55;

    private readonly ArrayBufferWriter<byte> _items = new();

    /// <summary>Appends bytes as one item.</summary>
    public RlpWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != 1 || bytes[0] >= TextBase) Header(_items, TextBase, bytes.Length);
        _items.Write(bytes);
        return this;
    }

    /// <summary>Appends a number, big-endian without leading zeros; zero is the empty item.</summary>
    public RlpWriter Number(BigInteger value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return Bytes(value.IsZero ? [] : value.ToByteArray(isUnsigned: true, isBigEndian: true));
    }

    /// <summary>Appends what another writer holds as one list.</summary>
    public RlpWriter List(RlpWriter items)
    {
        Header(_items, ListBase, items._items.WrittenCount);
        _items.Write(items._items.WrittenSpan);
        return this;
    }

    /// <summary>Everything that was appended.</summary>
    public byte[] ToArray() => _items.WrittenSpan.ToArray();

    /// <summary>Everything that was appended, as one list behind a prefix.</summary>
    public byte[] ToList(ReadOnlySpan<byte> prefix)
    {
        ArrayBufferWriter<byte> output = new(_items.WrittenCount + prefix.Length + 9);
        output.Write(prefix);
        Header(output, ListBase, _items.WrittenCount);
        output.Write(_items.WrittenSpan);
        return output.WrittenSpan.ToArray();
    }

    private static void Header(ArrayBufferWriter<byte> output, byte start, int length)
    {
        if (length <= ShortMax)
        {
            output.Write([(byte)(start + length)]);
            return;
        }

        Span<byte> size = stackalloc byte[sizeof(int)];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(size, length);
        size = size.TrimStart((byte)0);
        output.Write([(byte)(start + ShortMax + size.Length)]);
        output.Write(size);
    }
}

/// <summary>Reads RLP strictly: every value has one encoding, and any other is a fault.</summary>
internal ref struct RlpReader(ReadOnlySpan<byte> input)
{
    private const byte TextBase = 0x80;
    private const byte ListBase = 0xc0;
    private const int ShortMax = 55;

    private ReadOnlySpan<byte> _rest = input;

    /// <summary>Whether everything is read.</summary>
    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Whether the next item is a list.</summary>
    public readonly bool IsList => !AtEnd && _rest[0] >= ListBase;

    /// <summary>The next item, which must be bytes.</summary>
    public ReadOnlySpan<byte> Bytes() => IsList ? throw Malformed("a list stands where bytes belong") : Item();

    /// <summary>The next item, which must be a list.</summary>
    public RlpReader List() => IsList ? new RlpReader(Item()) : throw Malformed("bytes stand where a list belongs");

    /// <summary>The next item as a number of at most so many bytes.</summary>
    public BigInteger Number(int bytesMax)
    {
        ReadOnlySpan<byte> bytes = Bytes();
        if (bytes.Length > bytesMax) throw Malformed($"a number has {bytes.Length} bytes, at most {bytesMax} are allowed");
        return bytes.Length > 0 && bytes[0] == 0 ? throw Malformed("a number begins with a zero byte") : new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }

    internal static FormatException Malformed(string found) => new($"rlp-malformed: {found}; the bytes are no canonical RLP");

    private ReadOnlySpan<byte> Item()
    {
        if (AtEnd) throw Malformed("an item is missing");
        byte first = _rest[0];
        if (first < TextBase) return Take(0, 1);
        byte start = first < ListBase ? TextBase : ListBase;
        int marked = first - start;
        if (marked > ShortMax) return Take(1 + marked - ShortMax, Length(marked - ShortMax));
        return marked == 1 && start == TextBase && _rest.Length > 1 && _rest[1] < TextBase ? throw Malformed("a single byte has a length of its own") : Take(1, marked);
    }

    private readonly long Length(int sizeBytes)
    {
        if (_rest.Length < 1 + sizeBytes) throw Malformed("a length is cut off");
        ReadOnlySpan<byte> size = _rest.Slice(1, sizeBytes);
        if (size[0] == 0) throw Malformed("a length begins with a zero byte");
        if (sizeBytes > sizeof(int)) throw Malformed("a length is larger than anything can be");
        long length = 0;
        foreach (byte b in size) length = (length << 8) | b;
        return length > ShortMax ? length : throw Malformed("a short item has a long length");
    }

    private ReadOnlySpan<byte> Take(int header, long length)
    {
        if (_rest.Length - header < length) throw Malformed("an item is longer than what is left");
        ReadOnlySpan<byte> item = _rest.Slice(header, (int)length);
        _rest = _rest[(header + (int)length)..];
        return item;
    }
}
