using System.Buffers;
using System.Buffers.Binary;
using Ledger.Core.Events;
using Ledger.Core.Identity;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>Activity in PostgreSQL's binary COPY format, a row of fixed size per event, written without an object per value.</summary>
internal sealed class CopyWriter
{
    /// <summary>The columns, in the order in which rows carry them.</summary>
    public const string Columns = "position, id, occurred_at, recorded_at, value, revision, window_day, account, target, kind";

    private const int FieldCount = 10;
    private const int RowBytes = 2 + (FieldCount * 4) + 70;

    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xff, (byte)'\r', (byte)'\n', 0, .. new byte[8]]; // signature, flags, no extension

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public CopyWriter() => Clear();

    /// <summary>Rows so far.</summary>
    public int Count { get; private set; }

    /// <summary>Forgets the rows, keeps the memory.</summary>
    public void Clear()
    {
        _bytes.ResetWrittenCount();
        _bytes.Write(Header);
        Count = 0;
    }

    /// <summary>Adds a row.</summary>
    public void Add(long position, long revision, ColumnarForm form, NewEvent e)
    {
        Span<byte> row = _bytes.GetSpan(RowBytes)[..RowBytes];
        BinaryPrimitives.WriteInt16BigEndian(row, FieldCount);
        Int64(row, 2, position);
        BinaryPrimitives.WriteInt32BigEndian(row[14..], EventId.SizeBytes);
        e.Id.WriteTo(row[18..]);
        Int64(row, 34, PostgresValues.Micros(e.OccurredAt.Value));
        Int64(row, 46, PostgresValues.Micros(e.RecordedAt.Value));
        Int64(row, 58, form.Value);
        Int64(row, 70, revision);
        Int32(row, 82, PostgresValues.Date(e.Window));
        Int32(row, 90, form.Account);
        Int32(row, 98, form.Target);
        BinaryPrimitives.WriteInt32BigEndian(row[106..], 2);
        BinaryPrimitives.WriteInt16BigEndian(row[110..], (short)e.Payload.Kind);
        _bytes.Advance(RowBytes);
        Count++;
    }

    /// <summary>Everything, with the trailer that ends a copy.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        BinaryPrimitives.WriteInt16BigEndian(_bytes.GetSpan(2), -1);
        _bytes.Advance(2);
        return _bytes.WrittenMemory;
    }

    private static void Int64(Span<byte> row, int at, long value)
    {
        BinaryPrimitives.WriteInt32BigEndian(row[at..], 8);
        BinaryPrimitives.WriteInt64BigEndian(row[(at + 4)..], value);
    }

    private static void Int32(Span<byte> row, int at, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(row[at..], 4);
        BinaryPrimitives.WriteInt32BigEndian(row[(at + 4)..], value);
    }
}
