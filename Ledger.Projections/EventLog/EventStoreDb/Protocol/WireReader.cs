namespace Ledger.Projections.EventLog.EventStoreDb.Protocol;

/// <summary>Where a field's bytes lie in its message.</summary>
internal readonly record struct WireSlice(int Start, int Size);

/// <summary>Reads the fields of a protobuf message where they lie, field by field, and makes an object of nothing.</summary>
/// <remarks>
/// A tag is a field's number and, in its lowest three bits, its wire type: 0 a number, 1 eight bytes, 2 bytes with their length, 3 and 4 a group's begin and
/// end, 5 four bytes. A field of another wire type than its number has by the schema is an unknown field, which is skipped, as the format has it.
/// </remarks>
internal ref struct WireReader
{
    /// <summary>Groups in one another that are skipped; what goes deeper is refused, as Google's own readers do.</summary>
    private const int GroupsMax = 100;

    private const int WireTypeBits = 3;
    private const int EndGroup = 4;

    private readonly ReadOnlySpan<byte> _message;
    private readonly int _end;
    private int _at;

    public WireReader(ReadOnlySpan<byte> message)
        : this(message, 0, message.Length)
    {
    }

    private WireReader(ReadOnlySpan<byte> message, int start, int end)
    {
        _message = message;
        _at = start;
        _end = end;
    }

    /// <summary>The tag of the field that <see cref="Next"/> found.</summary>
    public uint Tag { get; private set; }

    /// <summary>Goes to the next field, whose value must be taken or skipped before the next one; false behind the last.</summary>
    /// <exception cref="InvalidDataException">As with all members: the bytes are no protobuf message.</exception>
    public bool Next()
    {
        if (_at == _end) return false;
        Tag = unchecked((uint)Varint());
        return Tag >> WireTypeBits != 0 ? true : throw new InvalidDataException("a field without a number");
    }

    /// <summary>The field's value, a number.</summary>
    public ulong Varint()
    {
        const int Sevens = 10;
        ulong value = 0;
        for (int i = 0; i < Sevens; i++)
        {
            if (_at == _end) throw new InvalidDataException("a number is cut short");
            byte seven = _message[_at++];
            value |= (ulong)(seven & 0x7f) << (7 * i);
            if (seven < 0x80) return value;
        }

        throw new InvalidDataException("a number has more than ten bytes");
    }

    /// <summary>The place of the field's value, bytes or a text.</summary>
    public WireSlice Slice()
    {
        uint size = unchecked((uint)Varint()); // of a length as of a tag 32 bits count, whatever stands above them
        int start = _at;
        Advance(size);
        return new WireSlice(start, (int)size);
    }

    /// <summary>The bytes at a place.</summary>
    public readonly ReadOnlySpan<byte> Bytes(WireSlice slice) => _message.Slice(slice.Start, slice.Size);

    /// <summary>The fields of the field's value, a message; their places are places in the outermost message.</summary>
    public WireReader Message()
    {
        WireSlice slice = Slice();
        return new WireReader(_message, slice.Start, slice.Start + slice.Size);
    }

    /// <summary>Passes the field's value over.</summary>
    public void Skip() => Skip(Tag, GroupsMax);

    private void Skip(uint tag, int groupsLeft)
    {
        switch (tag & ((1 << WireTypeBits) - 1))
        {
            case 0:
                Varint();
                break;
            case 1:
                Advance(sizeof(ulong));
                break;
            case 2:
                Slice();
                break;
            case 3 when groupsLeft > 0:
                SkipGroup(tag >> WireTypeBits, groupsLeft - 1);
                break;
            case 5:
                Advance(sizeof(uint));
                break;
            default:
                throw new InvalidDataException($"a field with tag {tag}, which cannot be here");
        }
    }

    private void SkipGroup(uint number, int groupsLeft)
    {
        while (Next())
        {
            if ((Tag & ((1 << WireTypeBits) - 1)) != EndGroup) Skip(Tag, groupsLeft);
            else if (Tag >> WireTypeBits == number) return;
            else throw new InvalidDataException($"a group {number} ends as {Tag >> WireTypeBits}");
        }

        throw new InvalidDataException("a group is cut short");
    }

    private void Advance(uint size)
    {
        if (size > (uint)(_end - _at)) throw new InvalidDataException($"a field of {size} bytes where {_end - _at} are left");
        _at += (int)size;
    }
}
