using System.Buffers;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Encodes the columns of a draft in the order that <see cref="ActivityPart"/> reads them.</summary>
internal sealed class ActivityWriter(Zstd zstd)
{
    private readonly ColumnWriter _columns = new(zstd);
    private readonly long[] _wide = new long[BlockDraft.EventsMax];

    /// <summary>Writes the part and gives it; empty when the draft has no columnar event.</summary>
    public ReadOnlyMemory<byte> Encode(BlockDraft draft, ArrayBufferWriter<byte> output)
    {
        int count = draft.ColumnarCount;
        if (count == 0) return default;
        Wide(draft.Place.AsSpan(0, count), output);
        Span<long> kinds = _wide.AsSpan(0, count);
        for (int i = 0; i < kinds.Length; i++) kinds[i] = draft.Kind[i];
        _columns.Write(kinds, output);
        Wide(draft.Account.AsSpan(0, count), output);
        Wide(draft.Target.AsSpan(0, count), output);
        _columns.Write(draft.Value.AsSpan(0, count), output);
        _columns.Write(draft.OccurredAtMs.AsSpan(0, count), output);
        Wide(draft.Window.AsSpan(0, count), output);
        _columns.Write(draft.LagMs.AsSpan(0, count), output);
        return output.WrittenMemory;
    }

    private void Wide(ReadOnlySpan<int> values, ArrayBufferWriter<byte> output)
    {
        Span<long> wide = _wide.AsSpan(0, values.Length);
        for (int i = 0; i < wide.Length; i++) wide[i] = values[i];
        _columns.Write(wide, output);
    }
}
