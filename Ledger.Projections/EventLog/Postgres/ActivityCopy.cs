using System.Buffers.Binary;
using Ledger.Core.Events;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>Streams rows of the activity table by binary COPY into columns, through one buffer: nothing is made per event.</summary>
internal sealed class ActivityCopy
{
    /// <summary>What is selected, in this order.</summary>
    public const string Columns = "position, occurred_at, value, account, target, kind";

    // A row is its number of fields (2), then each field behind its size (4), big-endian: none may be null, so every row has the same length.
    private const int Position = 2, OccurredAt = 14, Value = 26, Account = 38, Target = 46, Kind = 54;
    private const int RowBytes = 60;
    private const int BufferBytes = 1 << 16;

    private readonly byte[] _buffer = new byte[BufferBytes];

    private static ReadOnlySpan<byte> Trailer => [0xff, 0xff];

    /// <summary>Appends what a query of <see cref="Columns"/> gives.</summary>
    /// <exception cref="InvalidDataException">It is no such row, or the last one is cut short.</exception>
    public void Read(NpgsqlConnection connection, string query, ActivityColumns columns)
    {
        using NpgsqlRawCopyStream stream = connection.BeginRawBinaryCopy($"COPY ({query}) TO STDOUT (FORMAT BINARY)");
        if (stream.ReadAtLeast(_buffer.AsSpan(0, CopyReader.HeaderBytes), CopyReader.HeaderBytes, throwOnEndOfStream: false) < CopyReader.HeaderBytes) throw new InvalidDataException("no header");
        int held = 0;
        while (stream.ReadAtLeast(_buffer.AsSpan(held), BufferBytes / 2, throwOnEndOfStream: false) is var read and > 0)
        {
            held += read;
            int rows = held / RowBytes;
            Decode(_buffer.AsSpan(0, rows * RowBytes), columns);
            held -= rows * RowBytes;
            _buffer.AsSpan(rows * RowBytes, held).CopyTo(_buffer);
        }

        if (!_buffer.AsSpan(0, held).SequenceEqual(Trailer)) throw new InvalidDataException("a row that is cut short");
    }

    private static void Decode(ReadOnlySpan<byte> rows, ActivityColumns columns)
    {
        int next = columns.Count;
        columns.SetCount(next + (rows.Length / RowBytes));
        for (; rows.Length >= RowBytes; rows = rows[RowBytes..], next++)
        {
            ReadOnlySpan<byte> row = rows[..RowBytes];
            if (BinaryPrimitives.ReadInt16BigEndian(row) != 6) throw new InvalidDataException("a row of another number of fields");
            columns.Position[next] = Int64(row, Position);
            columns.OccurredAtMs[next] = PostgresValues.UnixMs(Int64(row, OccurredAt));
            columns.Value[next] = Int64(row, Value);
            columns.Account[next] = Int32(row, Account);
            columns.Target[next] = Int32(row, Target);
            EventKind kind = (EventKind)BinaryPrimitives.ReadInt16BigEndian(Field(row, Kind, sizeof(short)));
            EventQueries.RequireKind(kind, columns.Position[next]);
            columns.Kind[next] = (byte)kind;
        }
    }

    private static long Int64(ReadOnlySpan<byte> row, int at) => BinaryPrimitives.ReadInt64BigEndian(Field(row, at, sizeof(long)));

    private static int Int32(ReadOnlySpan<byte> row, int at) => BinaryPrimitives.ReadInt32BigEndian(Field(row, at, sizeof(int)));

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> row, int at, int size) => BinaryPrimitives.ReadInt32BigEndian(row[at..]) == size
        ? row.Slice(at + sizeof(int), size)
        : throw new InvalidDataException($"a field that is null or not of {size} bytes");
}
