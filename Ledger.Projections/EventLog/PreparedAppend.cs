using System.Buffers;
using Ledger.Core.Events;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog;

/// <summary>Events checked and hashed on the caller's thread, so that the one writer only decides and stores.</summary>
/// <remarks>Every way an event can be unfit for the log shows here, before anything is decided: an append stays all or nothing.</remarks>
public sealed class PreparedAppend
{
    /// <summary>Most events one append may carry.</summary>
    public const int EventsMax = 1 << 20;

    private readonly byte[] _rows;
    private readonly int[] _rowEnds;

    private PreparedAppend(IReadOnlyList<NewEvent> events, Digest[] leaves, byte[] rows, int[] rowEnds)
    {
        Events = events;
        Leaves = leaves;
        _rows = rows;
        _rowEnds = rowEnds;
    }

    public IReadOnlyList<NewEvent> Events { get; }

    /// <summary>Leaf hashes of the log tree, one per event.</summary>
    public IReadOnlyList<Digest> Leaves { get; }

    /// <summary>Canonical bytes of event <paramref name="index"/>; empty for a columnar kind.</summary>
    public ReadOnlySpan<byte> RowBytes(int index) => _rows.AsSpan(index == 0 ? 0 : _rowEnds[index - 1], _rowEnds[index] - (index == 0 ? 0 : _rowEnds[index - 1]));

    /// <exception cref="ArgumentException">Too many events, or one of another stream than <paramref name="stream"/>.</exception>
    /// <exception cref="EventFormatException">An event without id, or with a field too large to be kept.</exception>
    public static PreparedAppend Of(IReadOnlyList<NewEvent> events, StreamName? stream)
    {
        if (events.Count > EventsMax) throw new ArgumentException($"{events.Count} events; an append carries at most {EventsMax}", nameof(events));
        int[] ends = new int[events.Count];
        int[] rowEnds = new int[events.Count];
        ArrayBufferWriter<byte> all = new(Math.Max(1, events.Count) * 96);
        ArrayBufferWriter<byte> rows = new();
        for (int i = 0; i < events.Count; i++)
        {
            NewEvent e = events[i];
            Check(e, stream);
            int start = all.WrittenCount;
            CanonicalBytes.Write(e, all);
            ends[i] = all.WrittenCount;
            if (!e.Payload.Kind.IsColumnar()) rows.Write(all.WrittenSpan[start..]);
            rowEnds[i] = rows.WrittenCount;
        }

        Digest[] leaves = new Digest[events.Count];
        new LogHashLanes().Leaves(all.WrittenSpan, ends, leaves);
        return new PreparedAppend(events, leaves, rows.WrittenSpan.ToArray(), rowEnds);
    }

    private static void Check(NewEvent e, StreamName? stream)
    {
        if (e.Id == default) throw new EventFormatException("id-nil", "id", "the nil UUID names no event");
        if (e.Payload is Commented { TextDigest: > ColumnarForm.TextDigestMax })
            throw new EventFormatException("out-of-range", "textDigest", "more than 56 bits");
        if (stream is { } expected && e.Stream != expected)
            throw new ArgumentException($"event {e.Id} belongs to stream {e.Stream}, not {expected}", nameof(stream));
    }
}
