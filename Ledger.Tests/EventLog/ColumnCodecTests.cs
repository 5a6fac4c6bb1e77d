using System.Buffers;
using System.Numerics;
using FsCheck.Xunit;
using Ledger.Projections.EventLog.Embedded;
using Xunit;

namespace Ledger.Tests.EventLog;

/// <summary>Guaranteed: a column reads back as it was written, whatever its length, its width and its values, and whatever the processor can do at once.</summary>
public sealed class ColumnCodecTests : IDisposable
{
    private readonly Zstd _zstd = new();

    public void Dispose() => _zstd.Dispose();

    [Property(MaxTest = 300)]
    public void A_column_reads_back_as_it_was_written(int seed)
    {
        Random random = new(seed);
        long[] values = new long[random.Next(100)];
        long origin = random.NextInt64(long.MinValue, long.MaxValue);
        int bits = random.Next(64);
        bool ascends = random.Next(2) == 0;
        bool hasOutliers = random.Next(2) == 0;
        for (int i = 0; i < values.Length; i++)
        {
            long step = random.NextInt64() & ((1L << bits) - 1);
            long value = unchecked((ascends && i > 0 ? values[i - 1] : origin) + step);
            values[i] = hasOutliers && random.Next(20) == 0 ? random.NextInt64() : value;
        }

        ReadsBack(values, value => value);
        ReadsBack(values, value => unchecked((int)value));
        ReadsBack(values, value => unchecked((byte)value));
    }

    private void ReadsBack<T>(long[] values, Func<long, T> narrow)
        where T : unmanaged, IBinaryInteger<T>
    {
        ArrayBufferWriter<byte> output = new();
        new ColumnWriter(_zstd).Write(values, output);
        T[] read = new T[values.Length];
        ByteReader reader = new(output.WrittenSpan);
        new ColumnCodec(_zstd).Decode(ref reader, read.AsSpan());
        Assert.True(reader.IsEmpty);
        Assert.Equal(Array.ConvertAll(values, value => narrow(value)), read);
    }
}
