using Ledger.Core.Merkle;
using Xunit;

namespace Ledger.Tests.Merkle;

/// <summary>Hashing in lanes gives exactly what hashing one by one gives.</summary>
public sealed class LogHashLanesTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 7)]
    [InlineData(2, 8)]
    [InlineData(3, 500)]
    public void Leaves_equal_those_hashed_one_by_one(int seed, int count)
    {
        Random random = new(seed);
        List<byte> contents = [];
        int[] ends = new int[count];
        Digest[] expected = new Digest[count];
        for (int i = 0; i < count; i++)
        {
            byte[] content = new byte[random.Next(300)];
            random.NextBytes(content);
            contents.AddRange(content);
            ends[i] = contents.Count;
            expected[i] = LogHash.Leaf(content);
        }

        Digest[] leaves = new Digest[count];
        new LogHashLanes().Leaves(contents.ToArray(), ends, leaves);
        Assert.Equal(expected, leaves);
    }

    [Fact]
    public void Leaves_of_every_length_around_a_block_border_are_right()
    {
        for (int length = 0; length < 260; length++)
        {
            byte[] contents = new byte[length * LogHashLanes.LaneCount];
            new Random(length).NextBytes(contents);
            int[] ends = [.. Enumerable.Range(1, LogHashLanes.LaneCount).Select(i => i * length)];
            Digest[] leaves = new Digest[LogHashLanes.LaneCount];
            new LogHashLanes().Leaves(contents, ends, leaves);
            for (int i = 0; i < leaves.Length; i++) Assert.Equal(LogHash.Leaf(contents.AsSpan(i * length, length)), leaves[i]);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(14)]
    [InlineData(16)]
    [InlineData(256)]
    public void Parents_equal_those_hashed_one_by_one_also_in_place(int count)
    {
        Digest[] children = [.. Enumerable.Range(0, count).Select(i => new Digest((ulong)i, 1, ulong.MaxValue, (ulong)i << 40))];
        Digest[] expected = [.. Enumerable.Range(0, count / 2).Select(i => LogHash.Node(children[2 * i], children[(2 * i) + 1]))];
        Digest[] parents = new Digest[count / 2];
        new LogHashLanes().Parents(children, parents);
        Assert.Equal(expected, parents);
        new LogHashLanes().Parents(children, children);
        Assert.Equal(expected, children[..(count / 2)]);
    }
}
