using System.Text;
using FsCheck;
using FsCheck.Xunit;
using Ledger.Host.Adapters.Files;
using Xunit;

namespace Ledger.Tests.Adapters.Files;

/// <summary>Lines come out the same however the stream hands out its bytes, and one that is too long costs nothing but itself.</summary>
public sealed class LineReaderTests
{
    [Property(MaxTest = 300)]
    public void Lines_do_not_depend_on_how_the_bytes_arrive(byte[] picks, PositiveInt chunk)
    {
        string text = string.Concat(picks.Select(p => (p % 6) switch { 0 => "\n", 1 => "\r\n", 2 => "\r", 3 => new string('x', p), _ => "라" }));
        List<string> expected = [.. text.Split('\n').Select(l => l.EndsWith('\r') ? l[..^1] : l)];
        if (text.Length == 0 || text.EndsWith('\n')) expected.RemoveAt(expected.Count - 1);
        Assert.Equal(expected, Lines(Encoding.UTF8.GetBytes(text), chunk.Get, int.MaxValue));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1 << 20)]
    public void A_line_that_is_too_long_is_passed_over(int chunk)
    {
        string text = $"one\n{new string('x', 200_000)}\nthree\n{new string('y', 10)}\n{new string('z', 11)}";
        Assert.Equal(["one", "(too long)", "three", new string('y', 10), "(too long)"], Lines(Encoding.UTF8.GetBytes(text), chunk, 10));
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_line() =>
        Assert.Equal(["a", "\ufeffb"], Lines([0xef, 0xbb, 0xbf, (byte)'a', (byte)'\n', 0xef, 0xbb, 0xbf, (byte)'b'], 2, 100));

    private static List<string> Lines(byte[] bytes, int chunk, int lineBytesMax)
    {
        LineReader reader = new(new Trickle(bytes, chunk), lineBytesMax);
        List<string> lines = [];
        while (reader.ReadAsync(default).AsTask().GetAwaiter().GetResult()) lines.Add(reader.TooLong ? "(too long)" : Encoding.UTF8.GetString(reader.Line.Span));
        Assert.Equal((lines.Count, bytes.Length), (reader.Number, reader.BytesRead));
        return lines;
    }

    /// <summary>Hands out a few bytes at a time.</summary>
    private sealed class Trickle(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read(buffer.Span[..Math.Min(chunk, buffer.Length)]));
    }
}
