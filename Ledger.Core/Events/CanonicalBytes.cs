using System.Buffers;
using System.Buffers.Binary;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>The one byte form of an event: what the log tree hashes, and what two implementations must agree on.</summary>
/// <remarks>
/// Little-endian, no padding; the table is in specs/events.md:
/// <code>
/// offset size field
///      0    1 layout, 1
///      1    2 kind
///      3    1 schema version
///      4   16 event id, most significant byte first
///     20    8 occurredAt, Unix milliseconds
///     28    8 recordedAt, Unix milliseconds
///     36    4 window, days since 1970-01-01
///     40    … fields, in the order of the payload
/// </code>
/// An id is a length byte and its UTF-8; a text has a two-byte length, bytes a four-byte one; an amount is 16 bytes;
/// a digest 32, a wallet 20 and an event id 16 bytes, most significant first; integers have their own width.
/// </remarks>
public static class CanonicalBytes
{
    /// <summary>The layout this code writes and reads.</summary>
    public const byte Layout = 1;

    /// <summary>Bytes before the first field.</summary>
    public const int HeaderBytes = 40;

    /// <summary>Appends the canonical bytes of an event to <paramref name="output"/>.</summary>
    public static void Write(NewEvent e, IBufferWriter<byte> output)
    {
        WriteHeader(output.GetSpan(HeaderBytes), e.Payload.Kind, e.Payload.Version, e.Id, e.OccurredAt.Value, e.RecordedAt.Value, e.Window.Number);
        output.Advance(HeaderBytes);
        e.Payload.Write(new CanonicalFieldWriter(output));
    }

    /// <summary>The canonical bytes of an event.</summary>
    public static byte[] Of(NewEvent e)
    {
        ArrayBufferWriter<byte> output = new(160);
        Write(e, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads an event back; every byte must be used.</summary>
    /// <exception cref="EventFormatException">Unknown layout, kind or version; cut short; bytes left over; a field that breaks its rule.</exception>
    public static NewEvent Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < HeaderBytes) throw new EventFormatException("event-truncated", null, $"{bytes.Length} bytes; the header alone has {HeaderBytes}");
        ReadOnlySpan<byte> header = bytes.Span;
        if (header[0] != Layout) throw new EventFormatException("unknown-layout", null, $"layout {header[0]}; this build reads {Layout}");
        CanonicalFieldReader fields = new(bytes[HeaderBytes..]);
        EventPayload payload = EventCatalogue.Read((EventKind)BinaryPrimitives.ReadUInt16LittleEndian(header[1..]), header[3], fields);
        fields.RequireEnd();
        return new NewEvent(
            EventId.FromBytes(header[4..20]),
            Instant("occurredAt", BinaryPrimitives.ReadInt64LittleEndian(header[20..])),
            Instant("recordedAt", BinaryPrimitives.ReadInt64LittleEndian(header[28..])),
            CanonicalFieldReader.ToDay("window", BinaryPrimitives.ReadInt32LittleEndian(header[36..])),
            payload);
    }

    /// <summary>Writes the 40 header bytes; stores use it to hash columnar events without making objects of them.</summary>
    public static void WriteHeader(Span<byte> header, EventKind kind, byte version, EventId id, long occurredAtMs, long recordedAtMs, int windowDay)
    {
        header[0] = Layout;
        BinaryPrimitives.WriteUInt16LittleEndian(header[1..], (ushort)kind);
        header[3] = version;
        id.WriteTo(header[4..]);
        BinaryPrimitives.WriteInt64LittleEndian(header[20..], occurredAtMs);
        BinaryPrimitives.WriteInt64LittleEndian(header[28..], recordedAtMs);
        BinaryPrimitives.WriteInt32LittleEndian(header[36..], windowDay);
    }

    private static UnixMs Instant(string field, long value) =>
        UnixMs.TryFrom(value, out UnixMs instant) ? instant : throw new EventFormatException("out-of-range", field, $"{value} ms is no instant");
}
