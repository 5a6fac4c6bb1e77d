using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>The rows of a query, fetched by binary COPY in one piece and read field by field where they lie.</summary>
internal sealed class CopyReader
{
    /// <summary>Before the first row of a binary COPY: signature (11), flags (4), size of what else there is (4).</summary>
    public const int HeaderBytes = 19;

    private const int FirstBytes = 1 << 16;

    private readonly byte[] _bytes;
    private readonly int _end;
    private int _at = HeaderBytes;

    private CopyReader(byte[] bytes, int end) => (_bytes, _end) = (bytes, end);

    /// <summary>Fetches what <paramref name="query"/> gives.</summary>
    public static async Task<CopyReader> FetchAsync(NpgsqlConnection connection, string query, CancellationToken cancel)
    {
        await using NpgsqlRawCopyStream stream = await connection.BeginRawBinaryCopyAsync($"COPY ({query}) TO STDOUT (FORMAT BINARY)", cancel);
        byte[] bytes = new byte[FirstBytes];
        int end = 0;
        while (await stream.ReadAsync(bytes.AsMemory(end), cancel) is var read and > 0) Advance(ref bytes, ref end, read);
        return new CopyReader(bytes, end);
    }

    /// <inheritdoc cref="FetchAsync"/>
    public static CopyReader Fetch(NpgsqlConnection connection, string query)
    {
        using NpgsqlRawCopyStream stream = connection.BeginRawBinaryCopy($"COPY ({query}) TO STDOUT (FORMAT BINARY)");
        byte[] bytes = new byte[FirstBytes];
        int end = 0;
        while (stream.Read(bytes.AsSpan(end)) is var read and > 0) Advance(ref bytes, ref end, read);
        return new CopyReader(bytes, end);
    }

    /// <summary>Goes to the next row; false behind the last.</summary>
    public bool Next(int fields)
    {
        short count = BinaryPrimitives.ReadInt16BigEndian(Take(2));
        if (count == -1) return false;
        return count == fields ? true : throw new InvalidDataException($"{count} fields instead of {fields}");
    }

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Field(8));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Field(4));

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Field(2));

    public ReadOnlySpan<byte> Uuid() => Field(16);

    public ReadOnlyMemory<byte> Bytes()
    {
        int size = BinaryPrimitives.ReadInt32BigEndian(Take(4));
        int start = _at;
        Take(size);
        return _bytes.AsMemory(start, size);
    }

    public string Text() => Encoding.UTF8.GetString(Bytes().Span);

    private ReadOnlySpan<byte> Field(int size) =>
        BinaryPrimitives.ReadInt32BigEndian(Take(4)) == size ? Take(size) : throw new InvalidDataException($"a field that is null or not of {size} bytes");

    private ReadOnlySpan<byte> Take(int size)
    {
        if (size < 0 || size > _end - _at) throw new InvalidDataException("a row that is cut short");
        ReadOnlySpan<byte> taken = _bytes.AsSpan(_at, size);
        _at += size;
        return taken;
    }

    private static void Advance(ref byte[] bytes, ref int end, int read)
    {
        end += read;
        if (end == bytes.Length) Array.Resize(ref bytes, bytes.Length * 2);
    }
}
