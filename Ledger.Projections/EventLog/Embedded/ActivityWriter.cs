using System.Buffers;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Encodes the columns of a draft in the order that <see cref="ActivityPart"/> reads them.</summary>
internal sealed class ActivityWriter(Zstd zstd)
{
    private readonly ColumnWriter _columns = new(zstd);
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly long[] _wide = new long[BlockDraft.EventsMax];

    /// <summary>The part; empty when the draft has no columnar event.</summary>
    public byte[] Encode(BlockDraft draft)
    {
        int count = draft.ColumnarCount;
        if (count == 0) return [];
        _output.ResetWrittenCount();
        Wide(draft.Place.AsSpan(0, count));
        Span<long> kinds = _wide.AsSpan(0, count);
        for (int i = 0; i < kinds.Length; i++) kinds[i] = draft.Kind[i];
        _columns.Write(kinds, _output);
        Wide(draft.Account.AsSpan(0, count));
        Wide(draft.Target.AsSpan(0, count));
        _columns.Write(draft.Value.AsSpan(0, count), _output);
        _columns.Write(draft.OccurredAtMs.AsSpan(0, count), _output);
        Wide(draft.Window.AsSpan(0, count));
        _columns.Write(draft.LagMs.AsSpan(0, count), _output);
        return _output.WrittenSpan.ToArray();
    }

    private void Wide(ReadOnlySpan<int> values)
    {
        Span<long> wide = _wide.AsSpan(0, values.Length);
        for (int i = 0; i < wide.Length; i++) wide[i] = values[i];
        _columns.Write(wide, _output);
    }
}
