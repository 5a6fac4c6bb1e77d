using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using FsCheck.Xunit;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Xunit;

namespace Ledger.Tests.Merkle;

/// <summary>Guaranteed: every tier of hashing gives the bytes of the scalar one, on machines that accelerate it and on those that do not.</summary>
public sealed class KeccakTierTests
{
    // The permutation of the zero state, lane 0 to 3: the known answer published with Keccak.
    private static readonly ulong[] ZeroPermuted = [0xF1258F7940E1DDE7, 0x84D5CCF933C0478A, 0xD598261EA65AA9EE, 0xBD1547306F80494D];

    [Fact]
    public void The_zero_state_gives_the_published_answer_in_every_lane()
    {
        ulong[] scalar = new ulong[25];
        KeccakScalar.Permute(scalar);
        Assert.Equal(ZeroPermuted, scalar[..4]);
        Vector256<ulong>[] four = new Vector256<ulong>[25];
        KeccakAvx2.Permute(four);
        Vector512<ulong>[] eight = new Vector512<ulong>[25];
        KeccakAvx512.Permute(eight);
        for (int word = 0; word < 4; word++)
        {
            Assert.Equal(Vector256.Create(ZeroPermuted[word]), four[word]);
            Assert.Equal(Vector512.Create(ZeroPermuted[word]), eight[word]);
        }
    }

    [Property(MaxTest = 100)]
    public void States_permuted_together_are_the_states_permuted_alone(int seed)
    {
        Random random = new(seed);
        ulong[][] alone = [.. Enumerable.Range(0, 8).Select(_ => (ulong[])[.. Enumerable.Range(0, 25).Select(_ => unchecked((ulong)random.NextInt64(long.MinValue, long.MaxValue)))])];
        ulong[] four = Together(4), eight = Together(8);
        KeccakAvx2.Permute(MemoryMarshal.Cast<ulong, Vector256<ulong>>(four.AsSpan()));
        KeccakAvx512.Permute(MemoryMarshal.Cast<ulong, Vector512<ulong>>(eight.AsSpan()));
        foreach (ulong[] state in alone) KeccakScalar.Permute(state);
        Assert.Equal(Together(4), four);
        Assert.Equal(Together(8), eight);

        ulong[] Together(int states) => [.. Enumerable.Range(0, 25 * states).Select(i => alone[i % states][i / states])];
    }

    [Property(MaxTest = 60)]
    public void Every_tier_builds_the_tree_that_hashing_one_by_one_builds(ushort count, int seed)
    {
        Random random = new(seed);
        byte[] bytes = new byte[Digest.SizeBytes];
        RewardLeaf[] leaves = [.. Enumerable.Range(0, count % 700).Select(_ => new RewardLeaf(Next(), Next(), TokenAmount.FromBaseUnits(new UInt128((ulong)random.NextInt64() >> 20, (ulong)random.NextInt64()))))];
        Digest[] expected = new Digest[Math.Max(0, (2 * leaves.Length) - 1)];
        leaves.Select(leaf => leaf.Hash()).OrderDescending().ToArray().CopyTo(expected, Math.Max(0, leaves.Length - 1));
        for (int i = leaves.Length - 2; i >= 0; i--) expected[i] = RewardProof.HashNode(expected[(2 * i) + 1], expected[(2 * i) + 2]);
        foreach (KeccakTier tier in Enum.GetValues<KeccakTier>()) Assert.Equal(expected, RewardTree.Build(leaves, tier).Nodes.ToArray());

        Digest Next()
        {
            random.NextBytes(bytes);
            return Digest.FromBytes(bytes);
        }
    }
}
