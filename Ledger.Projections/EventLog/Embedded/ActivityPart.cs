using System.Buffers;
using Ledger.Core.Events;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>The columns of one block on their way to or from disk: those of <see cref="ActivityColumns"/>, and those that only whole events need.</summary>
/// <remarks>
/// Stored order: place in the block, kind, account, target, value, occurredAt, then window and recordedAt − occurredAt.
/// Every columnar event has version 1 of its kind. Ids are in their own part. An empty part means no columnar event.
/// </remarks>
internal sealed class ActivityPart(Zstd zstd)
{
    private static readonly SearchValues<byte> KnownKinds =
        SearchValues.Create([.. EventCatalogue.Kinds.Where(kind => kind.IsColumnar()).Select(kind => (byte)kind)]);

    private readonly ColumnCodec _codec = new(zstd);
    private readonly ArrayBufferWriter<byte> _output = new();
    private long[] _scratch = [];

    /// <summary>What the fold reads. <see cref="ActivityColumns.Position"/> is absolute.</summary>
    public ActivityColumns Columns { get; } = new();

    /// <summary>Window of each event, days since 1970-01-01.</summary>
    public int[] Window { get; private set; } = [];

    /// <summary>recordedAt of each event, in milliseconds after its occurredAt.</summary>
    public long[] LagMs { get; private set; } = [];

    public void Clear() => Columns.Clear();

    public void Add(long position, EventKind kind, ColumnarForm form, NewEvent e)
    {
        Columns.Add(position, kind, form.Account, form.Target, form.Value, e.OccurredAt.Value);
        Reserve(Columns.Kind.Length);
        Window[Columns.Count - 1] = e.Window.Number;
        LagMs[Columns.Count - 1] = unchecked(e.RecordedAt.Value - e.OccurredAt.Value);
    }

    /// <summary>Encodes what was added since <see cref="Clear"/>.</summary>
    public byte[] Encode(long firstPosition)
    {
        int count = Columns.Count;
        if (count == 0) return [];
        if (_scratch.Length < count) _scratch = new long[Columns.Kind.Length];
        _output.ResetWrittenCount();
        Span<long> values = _scratch.AsSpan(0, count);
        for (int i = 0; i < count; i++) values[i] = Columns.Position[i] - firstPosition;
        _codec.Encode(values, _output);
        for (int i = 0; i < count; i++) values[i] = Columns.Kind[i];
        _codec.Encode(values, _output);
        for (int i = 0; i < count; i++) values[i] = Columns.Account[i];
        _codec.Encode(values, _output);
        for (int i = 0; i < count; i++) values[i] = Columns.Target[i];
        _codec.Encode(values, _output);
        _codec.Encode(Columns.Value.AsSpan(0, count), _output);
        _codec.Encode(Columns.OccurredAtMs.AsSpan(0, count), _output);
        for (int i = 0; i < count; i++) values[i] = Window[i];
        _codec.Encode(values, _output);
        _codec.Encode(LagMs.AsSpan(0, count), _output);
        return _output.WrittenSpan.ToArray();
    }

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
