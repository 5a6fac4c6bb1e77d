using System.Buffers;
using Ledger.Core.Events;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>The columns of one block as read from disk: those of <see cref="ActivityColumns"/>, and those that only whole events need.</summary>
/// <remarks>
/// Stored order: place in the block, kind, account, target, value, occurredAt, then window and recordedAt − occurredAt.
/// Every columnar event has version 1 of its kind. Ids are in their own part. An empty part means no columnar event.
/// </remarks>
internal sealed class ActivityPart(Zstd zstd)
{
    private static readonly SearchValues<byte> KnownKinds =
        SearchValues.Create([.. EventCatalogue.Kinds.Where(kind => kind.IsColumnar()).Select(kind => (byte)kind)]);

    private readonly ColumnCodec _codec = new(zstd);

    /// <summary>What the fold reads. <see cref="ActivityColumns.Position"/> is absolute.</summary>
    public ActivityColumns Columns { get; } = new();

    /// <summary>Window of each event, days since 1970-01-01.</summary>
    public int[] Window { get; private set; } = [];

    /// <summary>recordedAt of each event, in milliseconds after its occurredAt.</summary>
    public long[] LagMs { get; private set; } = [];

    /// <summary>Decodes the fold's columns, the window when asked, and the lag when asked for whole events.</summary>
    public void Decode(ReadOnlySpan<byte> bytes, BlockHeader header, bool withWindow, bool withLag)
    {
        int count = header.ColumnarCount;
        Columns.SetCount(count);
        if (count == 0) return;
        Reserve(Columns.Kind.Length);
        ByteReader reader = new(bytes);
        Span<long> position = Columns.Position.AsSpan(0, count);
        _codec.Decode(ref reader, position);
        unchecked
        {
            long first = header.FirstPosition;
            for (int i = 0; i < position.Length; i++) position[i] += first;
        }

        _codec.Decode(ref reader, Columns.Kind.AsSpan(0, count));
        RequireKnown(Columns.Kind.AsSpan(0, count), header);
        _codec.Decode(ref reader, Columns.Account.AsSpan(0, count));
        _codec.Decode(ref reader, Columns.Target.AsSpan(0, count));
        _codec.Decode(ref reader, Columns.Value.AsSpan(0, count));
        _codec.Decode(ref reader, Columns.OccurredAtMs.AsSpan(0, count));
        if (withWindow || withLag) _codec.Decode(ref reader, Window.AsSpan(0, count));
        if (withLag) _codec.Decode(ref reader, LagMs.AsSpan(0, count));
    }

    private static void RequireKnown(ReadOnlySpan<byte> kinds, BlockHeader header)
    {
        int unknown = kinds.IndexOfAnyExcept(KnownKinds);
        if (unknown >= 0)
            throw new LogFaultException("unknown-kind", $"the block at position {header.FirstPosition} keeps kind {kinds[unknown]} in columns, which this build cannot read; use a newer build");
    }

    private void Reserve(int capacity)
    {
        if (Window.Length >= capacity) return;
        int[] window = Window;
        long[] lagMs = LagMs;
        Array.Resize(ref window, capacity);
        Array.Resize(ref lagMs, capacity);
        (Window, LagMs) = (window, lagMs);
    }
}
