using FsCheck.Xunit;
using Ledger.Core.Merkle;
using Xunit;

namespace Ledger.Tests.Merkle;

/// <summary>A digest keeps its 32 bytes exactly, in bytes and in text, and sorts as they do.</summary>
public sealed class DigestTests
{
    [Property]
    public void Bytes_and_text_round_trip(ulong a, ulong b, ulong c, ulong d)
    {
        var digest = new Digest(a, b, c, d);

        Assert.Equal(digest, Digest.FromBytes(digest.ToArray()));
        Assert.Equal(digest, Digest.Parse(digest.ToString()));
        Assert.Equal("0x" + Convert.ToHexStringLower(digest.ToArray()), digest.ToString());
    }

    [Property]
    public void Order_is_that_of_the_bytes(ulong a, ulong b, ulong c, ulong d, byte bit)
    {
        var digest = new Digest(a, b, c, d);
        var other = RandomDigests.FlipBit(digest, bit);

        Assert.Equal(Math.Sign(digest.ToArray().AsSpan().SequenceCompareTo(other.ToArray())), digest.CompareTo(other));
        Assert.Equal(0, digest.CompareTo(digest));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("0x5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("0xgggg460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("0Xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470 ")]
    public void Text_that_is_not_a_digest_is_refused(string text)
    {
        Assert.False(Digest.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Digest.Parse(text));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    public void Any_other_number_of_bytes_is_refused(int length) =>
        Assert.Throws<ArgumentException>(() => Digest.FromBytes(new byte[length]));

    [Fact]
    public void Upper_case_is_read_and_lower_case_written() =>
        Assert.Equal("0x" + new string('a', 64), Digest.Parse("0x" + new string('A', 64)).ToString());
}
