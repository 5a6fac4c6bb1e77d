using FsCheck.Xunit;
using Ledger.Core.Merkle;
using Xunit;

namespace Ledger.Tests.Merkle;

/// <summary>
/// For every log of up to 257 leaves, the frontier has the root of RFC 9162, and each proof that can be asked for is
/// built from nodes within the log and verifies.
/// </summary>
public sealed class LogTreeTests
{
    private const int SizeMax = 257;
    private const int TileLevel = 8;

    [Fact]
    public void The_frontier_has_the_root_of_the_recursive_definition()
    {
        var log = MemoryLog.OfSize(SizeMax);
        var frontier = new LogFrontier();
        for (var size = 0; size <= SizeMax; size++)
        {
            Assert.Equal(size, frontier.Size);
            Assert.Equal(log.Root(size), frontier.Root());
            Assert.Equal(int.PopCount(size), frontier.Peaks.Length);
            if (size < SizeMax) frontier.Append(log.Leaf(size));
        }
    }

    [Property]
    public void A_restored_frontier_grows_as_the_original_does(byte size, byte more)
    {
        var log = MemoryLog.OfSize(size + more);
        var original = new LogFrontier();
        for (var i = 0; i < size; i++) original.Append(log.Leaf(i));

        var restored = LogFrontier.Restore(original.Size, original.Peaks);
        var fromNodes = LogFrontier.At(log, size);
        Assert.Equal(original.Peaks.ToArray(), fromNodes.Peaks.ToArray());
        for (var i = 0; i < more; i++)
        {
            restored.Append(log.Leaf(size + i));
            fromNodes.Append(log.Leaf(size + i));
        }

        Assert.Equal(log.Root(size + more), restored.Root());
        Assert.Equal(log.Root(size + more), fromNodes.Root());
    }

    [Fact]
    public void Whole_tiles_and_single_leaves_make_the_same_log()
    {
        const int tiles = 5;
        const int rest = 77;
        var log = MemoryLog.OfSize((tiles << TileLevel) + rest);
        var frontier = new LogFrontier();
        for (var tile = 0; tile < tiles; tile++) frontier.AppendSubtree(TileLevel, log.Node(TileLevel, tile));
        for (var i = tiles << TileLevel; i < log.VisibleSize; i++) frontier.Append(log.Leaf(i));

        Assert.Equal(log.Root(log.VisibleSize), frontier.Root());
        Assert.Throws<InvalidOperationException>(() => frontier.AppendSubtree(TileLevel, Digest.Zero));
    }

    [Fact]
    public void A_frontier_with_the_wrong_number_of_peaks_is_refused()
    {
        Assert.Throws<ArgumentException>(() => LogFrontier.Restore(3, [Digest.Zero]));
        Assert.Throws<ArgumentException>(() => LogFrontier.Restore(0, [Digest.Zero]));
        Assert.Throws<ArgumentOutOfRangeException>(() => LogFrontier.Restore(-1, []));
    }

    [Fact]
    public void Every_leaf_of_every_size_is_proven_from_nodes_within_that_size()
    {
        var log = MemoryLog.OfSize(SizeMax);
        for (var size = 1; size <= SizeMax; size++)
        {
            log.VisibleSize = size;
            for (var index = 0; index < size; index++)
            {
                var proof = InclusionProof.Build(log, index, size);
                Assert.True(InclusionProof.Verify(log.Root(size), size, index, log.Leaf(index), proof), $"leaf {index} of {size}");
            }
        }
    }

    [Fact]
    public void Every_pair_of_sizes_is_proven_consistent_from_nodes_within_the_larger()
    {
        var log = MemoryLog.OfSize(SizeMax);
        for (var newSize = 1; newSize <= SizeMax; newSize++)
        {
            log.VisibleSize = newSize;
            for (var oldSize = 1; oldSize <= newSize; oldSize++)
            {
                var proof = ConsistencyProof.Build(log, oldSize, newSize);
                Assert.True(
                    ConsistencyProof.Verify(log.Root(oldSize), oldSize, log.Root(newSize), newSize, proof), $"{oldSize} to {newSize}");
            }
        }
    }

    [Theory]
    [InlineData(-1, 5)]
    [InlineData(5, 5)]
    [InlineData(0, 0)]
    public void A_leaf_outside_the_log_has_no_proof(long leafIndex, long size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => InclusionProof.Build(MemoryLog.OfSize(5), leafIndex, size));

    [Theory]
    [InlineData(0, 5)]
    [InlineData(-1, 5)]
    [InlineData(5, 4)]
    public void Sizes_out_of_order_have_no_proof(long oldSize, long newSize) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ConsistencyProof.Build(MemoryLog.OfSize(5), oldSize, newSize));

    [Theory]
    [InlineData(0)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(100_000)]
    public void A_leaf_is_hashed_whole_whatever_its_length(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);

        Assert.Equal(
            System.Security.Cryptography.SHA256.HashData([0x00, .. content]), LogHash.Leaf(content).ToArray());
    }
}
