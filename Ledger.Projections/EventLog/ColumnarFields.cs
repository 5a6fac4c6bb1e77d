using System.Buffers.Binary;
using System.Text;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Projections.EventLog;

/// <summary>An event of a columnar kind as two names and a number: all that its payload is.</summary>
/// <param name="Account">The actor's name.</param>
/// <param name="Target">The name of what was acted on.</param>
/// <param name="Value">The kind's number; see <see cref="ActivityColumns"/>.</param>
internal readonly record struct ColumnarFields(string Account, string Target, long Value)
{
    /// <summary>Most canonical bytes of an event of a columnar kind.</summary>
    public const int CanonicalBytesMax = CanonicalBytes.HeaderBytes + (2 * (1 + IdText.BytesMax)) + 9;

    public static ColumnarFields Of(EventPayload payload) => payload switch
    {
        Viewed e => new(e.Account.Value, e.Content.Value, e.WatchSeconds),
        Liked e => new(e.Account.Value, e.Content.Value, 0),
        Commented e => new(e.Account.Value, e.Content.Value, ActivityColumns.CommentValue(e.Letters, e.TextDigest)),
        Shared e => new(e.Account.Value, e.Content.Value, e.Platform),
        Followed e => new(e.Account.Value, e.Followee.Value, 0),
        BroadcastMinute e => new(e.Account.Value, e.Space.Value, e.Minute),
        PresenceMinute e => new(e.Account.Value, e.Space.Value, e.Minute),
        _ => throw new InvalidOperationException($"{payload.Kind} has no columnar form"),
    };

    /// <summary>Writes what <see cref="CanonicalBytes"/> writes of the event, without its calls per field. Tells where the names stand. Returns the end.</summary>
    public int Write(Span<byte> output, int start, EventKind kind, NewEvent e, out NameSpan account, out NameSpan target)
    {
        CanonicalBytes.WriteHeader(output[start..], kind, version: 1, e.Id, e.OccurredAt.Value, e.RecordedAt.Value, e.Window.Number);
        int at = Name(output, start + CanonicalBytes.HeaderBytes, Account, out account);
        at = Name(output, at, Target, out target);
        return WriteValue(output, at, kind, Value);
    }

    /// <summary>The same of an event whose names are bytes already.</summary>
    public static int Write(Span<byte> output, int start, in SubmittedEvent e, in PlainActivity plain, UnixMs recordedAt, Day window, out NameSpan account, out NameSpan target)
    {
        CanonicalBytes.WriteHeader(output[start..], plain.Kind, version: 1, e.Id, e.OccurredAt.Value, recordedAt.Value, window.Number);
        int at = Name(output, start + CanonicalBytes.HeaderBytes, plain.Account, out account);
        at = Name(output, at, plain.Target, out target);
        return WriteValue(output, at, plain.Kind, plain.Value);
    }

    private static int WriteValue(Span<byte> output, int at, EventKind kind, long value)
    {
        switch (kind)
        {
            case EventKind.Viewed:
                BinaryPrimitives.WriteUInt32LittleEndian(output[at..], (uint)value);
                return at + 4;
            case EventKind.Commented:
                output[at] = ActivityColumns.CommentLetters(value);
                BinaryPrimitives.WriteUInt64LittleEndian(output[(at + 1)..], ActivityColumns.CommentDigest(value));
                return at + 9;
            case EventKind.Shared:
                output[at] = (byte)value;
                return at + 1;
            case EventKind.BroadcastMinute or EventKind.PresenceMinute:
                BinaryPrimitives.WriteInt64LittleEndian(output[at..], value);
                return at + 8;
            default:
                return at;
        }
    }

    private static int Name(Span<byte> output, int at, string name, out NameSpan span) => Named(output, at, Encoding.UTF8.GetBytes(name, output[(at + 1)..]), out span);

    private static int Name(Span<byte> output, int at, ReadOnlySpan<byte> name, out NameSpan span)
    {
        name.CopyTo(output[(at + 1)..]);
        return Named(output, at, name.Length, out span);
    }

    private static int Named(Span<byte> output, int at, int size, out NameSpan span)
    {
        output[at] = (byte)size;
        span = new NameSpan(at + 1, size, NameTable.LookupHash(output.Slice(at + 1, size)));
        return at + 1 + size;
    }
}
