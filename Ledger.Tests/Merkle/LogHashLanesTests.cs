using Ledger.Core.Merkle;
using Xunit;

namespace Ledger.Tests.Merkle;

/// <summary>Hashing in lanes gives exactly what hashing one by one gives.</summary>
public sealed class LogHashLanesTests
{
    // Sixteen can only be tried where the machine has them; eight are right anywhere.
    private static readonly int[] LaneCounts = LogHashLanes.IsWide ? [8, 16] : [8];

    public static TheoryData<int> Lanes => [.. LaneCounts];

    public static TheoryData<int, int> CountsOfLeaves => Times(1, 7, 8, 15, 16, 500);

    public static TheoryData<int, int> CountsOfChildren => Times(2, 14, 16, 30, 32, 50, 256);

    [Theory]
    [MemberData(nameof(CountsOfLeaves))]
    public void Leaves_equal_those_hashed_one_by_one(int laneCount, int count)
    {
        Random random = new(count);
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
        new LogHashLanes(laneCount).Leaves(contents.ToArray(), ends, leaves);
        Assert.Equal(expected, leaves);
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void Leaves_of_every_length_around_a_block_border_are_right(int laneCount)
    {
        for (int length = 0; length < 260; length++)
        {
            byte[] contents = new byte[length * laneCount];
            new Random(length).NextBytes(contents);
            int[] ends = [.. Enumerable.Range(1, laneCount).Select(i => i * length)];
            Digest[] leaves = new Digest[laneCount];
            new LogHashLanes(laneCount).Leaves(contents, ends, leaves);
            for (int i = 0; i < leaves.Length; i++) Assert.Equal(LogHash.Leaf(contents.AsSpan(i * length, length)), leaves[i]);
        }
    }

    [Theory]
    [MemberData(nameof(CountsOfChildren))]
    public void Parents_equal_those_hashed_one_by_one_also_in_place(int laneCount, int count)
    {
        Digest[] children = [.. Enumerable.Range(0, count).Select(i => new Digest((ulong)i, 1, ulong.MaxValue, (ulong)i << 40))];
        Digest[] expected = [.. Enumerable.Range(0, count / 2).Select(i => LogHash.Node(children[2 * i], children[(2 * i) + 1]))];
        Digest[] parents = new Digest[count / 2];
        new LogHashLanes(laneCount).Parents(children, parents);
        Assert.Equal(expected, parents);
        new LogHashLanes(laneCount).Parents(children, children);
        Assert.Equal(expected, children[..(count / 2)]);
    }

    private static TheoryData<int, int> Times(params int[] counts)
    {
        TheoryData<int, int> all = [];
        foreach (int lanes in LaneCounts)
        {
            foreach (int count in counts) all.Add(lanes, count);
        }

        return all;
    }
}
