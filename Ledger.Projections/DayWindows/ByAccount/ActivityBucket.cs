using System.Buffers.Binary;
using Ledger.Core.Identity;
using Ledger.Core.Kernels;

namespace Ledger.Projections.DayWindows.ByAccount;

/// <summary>The activity of some accounts within one range of the log, as bytes: what one checksum of an activity file covers.</summary>
/// <remarks>
/// Events stand in log order. Of each: the account's number within the bucket, the kind (one byte), the distance from the position before, the target + 1,
/// the value, the distance from the time before (sign in the lowest bit), and the id (16 bytes). Numbers are LEB128; the first position is counted from
/// the range's start, the first time from the start of the window's day. Layout in specs/read-models.md.
/// </remarks>
internal static class ActivityBucket
{
    /// <summary>Most bytes of an event.</summary>
    public const int EventBytesMax = 5 + 1 + 10 + 5 + 10 + 10 + EventId.SizeBytes;

    /// <summary>Writes a bucket; returns how many bytes it took.</summary>
    /// <param name="events">Its events in log order.</param>
    /// <param name="frame">What they are relative to.</param>
    /// <param name="from">Where the range starts.</param>
    /// <param name="ids">Ids by distance from the range's start.</param>
    /// <param name="to">Room for <see cref="EventBytesMax"/> of each.</param>
    public static int Write(ReadOnlySpan<PackedEvent> events, EventFrame frame, long from, ReadOnlySpan<EventId> ids, Span<byte> to)
    {
        int at = 0;
        (long position, long timeMs) = (from, frame.StartMs);
        for (int i = 0; i < events.Length; i++)
        {
            if (events[i].IsValue) continue;
            ShardEvent e = PackedEvent.At(events, i, 0, frame);
            Number(to, ref at, (uint)events[i].Local);
            to[at++] = (byte)e.Kind;
            Number(to, ref at, (ulong)(e.Position - position));
            Number(to, ref at, (uint)(e.Target + 1));
            Number(to, ref at, unchecked((ulong)e.Value));
            long step = e.OccurredAtMs - timeMs;
            Number(to, ref at, unchecked((ulong)((step << 1) ^ (step >> 63))));
            ids[(int)(e.Position - from)].WriteTo(to[at..]);
            at += EventId.SizeBytes;
            (position, timeMs) = (e.Position, e.OccurredAtMs);
        }

        return at;
    }

    /// <summary>Appends one account's events out of a bucket's bytes, which are as they were written.</summary>
    /// <param name="bytes">The bucket.</param>
    /// <param name="startMs">Start of the window's day.</param>
    /// <param name="from">Where the range starts.</param>
    /// <param name="local">The account's number within the bucket.</param>
    /// <param name="account">The account.</param>
    /// <param name="events">Takes its events.</param>
    /// <param name="ids">Takes their ids.</param>
    public static void Read(ReadOnlySpan<byte> bytes, long startMs, long from, int local, int account, List<ShardEvent> events, List<EventId> ids)
    {
        (long position, long timeMs) = (from, startMs);
        for (int at = 0; at < bytes.Length; at += EventId.SizeBytes)
        {
            bool mine = Number(bytes, ref at) == (uint)local;
            byte kind = bytes[at++];
            position += (long)Number(bytes, ref at);
            int target = (int)Number(bytes, ref at) - 1;
            long value = unchecked((long)Number(bytes, ref at));
            ulong step = Number(bytes, ref at);
            timeMs += (long)(step >> 1) ^ -(long)(step & 1);
            if (!mine) continue;
            events.Add(new ShardEvent(position, kind, account, target, value, timeMs));
            ids.Add(new EventId(BinaryPrimitives.ReadUInt128BigEndian(bytes[at..])));
        }
    }

    private static void Number(Span<byte> to, ref int at, ulong value)
    {
        for (; value >= 0x80; value >>= 7) to[at++] = unchecked((byte)(value | 0x80));
        to[at++] = (byte)value;
    }

    private static ulong Number(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = bytes[at++];
        if (value < 0x80) return value;
        value &= 0x7f;
        for (int shift = 7; ; shift += 7)
        {
            byte next = bytes[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }
}
