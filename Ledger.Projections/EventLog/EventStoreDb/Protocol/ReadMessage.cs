using Ledger.Core.Identity;

namespace Ledger.Projections.EventLog.EventStoreDb.Protocol;

/// <summary>An event of a <c>Read</c> call, left in the bytes of its <see cref="ReadResponse"/>; good for as long as they are.</summary>
/// <remarks>
/// Gives what the generated messages give of the same bytes, field by field: later fields win, a message in several pieces is put together, fields that are
/// not known are skipped. Of what a log does not look at (stream, position, link) only the bounds are checked.
/// </remarks>
internal struct ReadMessage
{
    // Tags by the numbers of streams.proto: number · 8 + wire type.
    private const uint ResponseEvent = (1 << 3) | 2;
    private const uint ResponseFirstPosition = 5 << 3;
    private const uint ResponseLastPosition = 6 << 3;
    private const uint EventRecorded = (1 << 3) | 2;
    private const uint RecordedId = (1 << 3) | 2;
    private const uint RecordedRevision = 3 << 3;
    private const uint RecordedMetadata = (6 << 3) | 2;
    private const uint RecordedCustomMetadata = (7 << 3) | 2;
    private const uint RecordedData = (8 << 3) | 2;
    private const uint UuidStructured = (1 << 3) | 2;
    private const uint UuidText = (2 << 3) | 2;
    private const uint StructuredMost = 1 << 3;
    private const uint StructuredLeast = 2 << 3;
    private const uint EntryKey = (1 << 3) | 2;
    private const uint EntryValue = (2 << 3) | 2;

    private ReadOnlyMemory<byte> _response;
    private bool _hasEvent;
    private WireSlice? _type;
    private WireSlice _customMetadata;
    private WireSlice _data;
    private UuidForm _form;
    private ulong _mostSignificant;
    private ulong _leastSignificant;
    private WireSlice _idText;

    private enum UuidForm : byte
    {
        None,
        Structured,
        Text,
    }

    /// <summary>The event's revision in the stream that is read.</summary>
    public long Revision { get; private set; }

    public readonly ReadOnlyMemory<byte> CustomMetadata => Of(_customMetadata);

    public readonly ReadOnlyMemory<byte> Data => Of(_data);

    /// <summary>Takes a response; false when it is something else than an event.</summary>
    /// <exception cref="InvalidDataException">The bytes are no response.</exception>
    public static bool TryRead(ReadOnlyMemory<byte> response, out ReadMessage message)
    {
        message = default;
        WireReader fields = new(response.Span);
        while (fields.Next())
        {
            if (fields.Tag == ResponseEvent)
            {
                message.TakeEvent(fields.Message());
            }
            else
            {
                if (IsOtherContent(fields.Tag)) message = default; // one of all of them is there, the last
                fields.Skip();
            }
        }

        message._response = response;
        return message._hasEvent;
    }

    /// <summary>False when the event has no id, or a text that is none.</summary>
    public readonly bool TryId(out EventId id)
    {
        id = new EventId(new UInt128(_mostSignificant, _leastSignificant));
        return _form == UuidForm.Structured || (_form == UuidForm.Text && EventId.TryParse(Of(_idText).Span, out id));
    }

    /// <summary>The event's type, UTF-8; false when it has none.</summary>
    public readonly bool TryType(out ReadOnlyMemory<byte> type)
    {
        type = Of(_type.GetValueOrDefault());
        return _type is not null;
    }

    // A confirmation, a checkpoint, not found, the last position of all, caught up, fell behind; the first and last position are numbers.
    private static bool IsOtherContent(uint tag) => tag is ResponseFirstPosition or ResponseLastPosition || (tag & 7) == 2 && (tag >> 3) is 2 or 3 or 4 or 7 or 8 or 9;

    private readonly ReadOnlyMemory<byte> Of(WireSlice slice) => _response.Slice(slice.Start, slice.Size);

    private void TakeEvent(WireReader fields)
    {
        while (fields.Next())
        {
            if (fields.Tag == EventRecorded) TakeRecorded(fields.Message());
            else fields.Skip();
        }
    }

    private void TakeRecorded(WireReader fields)
    {
        _hasEvent = true;
        while (fields.Next())
        {
            switch (fields.Tag)
            {
                case RecordedId:
                    TakeId(fields.Message());
                    break;
                case RecordedRevision:
                    Revision = unchecked((long)fields.Varint());
                    break;
                case RecordedMetadata:
                    TakeMetadata(fields.Message());
                    break;
                case RecordedCustomMetadata:
                    _customMetadata = fields.Slice();
                    break;
                case RecordedData:
                    _data = fields.Slice();
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }
    }

    private void TakeId(WireReader fields)
    {
        while (fields.Next())
        {
            switch (fields.Tag)
            {
                case UuidStructured:
                    if (_form != UuidForm.Structured) (_mostSignificant, _leastSignificant) = (0, 0);
                    _form = UuidForm.Structured;
                    TakeStructured(fields.Message());
                    break;
                case UuidText:
                    _form = UuidForm.Text;
                    _idText = fields.Slice();
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }
    }

    private void TakeStructured(WireReader fields)
    {
        while (fields.Next())
        {
            switch (fields.Tag)
            {
                case StructuredMost:
                    _mostSignificant = fields.Varint();
                    break;
                case StructuredLeast:
                    _leastSignificant = fields.Varint();
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }
    }

    private void TakeMetadata(WireReader entry)
    {
        bool isType = false;
        WireSlice value = default;
        while (entry.Next())
        {
            switch (entry.Tag)
            {
                case EntryKey:
                    isType = entry.Bytes(entry.Slice()).SequenceEqual("type"u8);
                    break;
                case EntryValue:
                    value = entry.Slice();
                    break;
                default:
                    entry.Skip();
                    break;
            }
        }

        if (isType) _type = value;
    }
}
