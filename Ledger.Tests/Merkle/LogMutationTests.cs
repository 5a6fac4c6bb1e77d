using Ledger.Core.Merkle;
using Xunit;

namespace Ledger.Tests.Merkle;

/// <summary>
/// Nothing false about a log can be proven: for every size from 1 to 257, proofs damaged in a bit, an index, a size, a
/// step or their length are rejected.
/// </summary>
/// <remarks>
/// A root does not bind the size of its log, and neither do the proofs of RFC 9162: two sizes for which a proof has the
/// same shape cannot be told apart by it. With a wrong size the oracle, which takes proofs apart by the recursive
/// definition, says what must come out; with the root that the wrong size really has, nothing may be accepted.
/// </remarks>
public sealed class LogMutationTests
{
    private const int SizeMax = 257;
    private const int SamplesPerSize = 12;
    private const int BitsPerHash = 4;

    private static readonly MemoryLog Log = MemoryLog.OfSize(2 * SizeMax);

    /// <summary>Sizes whose every bit is flipped, besides the samples of all sizes.</summary>
    private static readonly int[] ThoroughSizes = [1, 2, 3, 6, 8, 129, 256, 257];

    [Theory]
    [InlineData(20261122)]
    public void No_damaged_inclusion_proof_is_accepted(int seed)
    {
        var random = new Random(seed);
        for (var size = 1; size <= SizeMax; size++)
        {
            for (var sample = 0; sample < SamplesPerSize; sample++)
            {
                var index = sample switch { 0 => 0, 1 => size - 1, _ => random.Next(size) };
                var proof = InclusionProof.Build(Log, index, size);
                var (root, leaf) = (Log.Root(size), Log.Leaf(index));
                var at = $"seed {seed}: leaf {index} of {size}";
                Assert.True(InclusionProof.Verify(root, size, index, leaf, proof), at);

                foreach (var hashes in WithOneBitFlipped([root, leaf, .. proof], size, random))
                {
                    Assert.False(InclusionProof.Verify(hashes[0], size, index, hashes[1], hashes.AsSpan(2)), at + ", a bit flipped");
                }

                foreach (var damaged in WithStepsChanged(proof, root, leaf))
                {
                    Assert.False(InclusionProof.Verify(root, size, index, leaf, damaged), at + ", steps changed");
                }

                foreach (var other in Neighbours(index, random))
                {
                    Assert.False(InclusionProof.Verify(root, size, other, leaf, proof), $"{at}, index {other}");
                    if (other >= 0 && other < size) Assert.False(InclusionProof.Verify(root, size, index, Log.Leaf(other), proof), $"{at}, leaf {other}");
                }

                foreach (var other in Neighbours(size, random))
                {
                    var expected = MemoryLog.Includes(root, other, index, leaf, proof);
                    Assert.True(InclusionProof.Verify(root, other, index, leaf, proof) == expected, $"{at}, size {other}");
                    if (other < 1 || other > Log.VisibleSize) continue;
                    Assert.False(InclusionProof.Verify(Log.Root(other), other, index, leaf, proof), $"{at}, size {other} and its root");
                }
            }
        }
    }

    [Theory]
    [InlineData(20261122)]
    public void No_damaged_consistency_proof_is_accepted(int seed)
    {
        var random = new Random(seed);
        for (var newSize = 1; newSize <= SizeMax; newSize++)
        {
            for (var sample = 0; sample < SamplesPerSize; sample++)
            {
                var oldSize = sample switch { 0 => 1, 1 => newSize, _ => 1 + random.Next(newSize) };
                var proof = ConsistencyProof.Build(Log, oldSize, newSize);
                var (oldRoot, newRoot) = (Log.Root(oldSize), Log.Root(newSize));
                var at = $"seed {seed}: {oldSize} to {newSize}";
                Assert.True(ConsistencyProof.Verify(oldRoot, oldSize, newRoot, newSize, proof), at);

                foreach (var hashes in WithOneBitFlipped([oldRoot, newRoot, .. proof], newSize, random))
                {
                    Assert.False(ConsistencyProof.Verify(hashes[0], oldSize, hashes[1], newSize, hashes.AsSpan(2)), at + ", a bit flipped");
                }

                foreach (var damaged in WithStepsChanged(proof, oldRoot, newRoot))
                {
                    Assert.False(ConsistencyProof.Verify(oldRoot, oldSize, newRoot, newSize, damaged), at + ", steps changed");
                }

                foreach (var other in Neighbours(oldSize, random))
                {
                    var expected = MemoryLog.Continues(oldRoot, other, newRoot, newSize, proof);
                    Assert.True(ConsistencyProof.Verify(oldRoot, other, newRoot, newSize, proof) == expected, $"{at}, old size {other}");
                }

                foreach (var other in Neighbours(newSize, random))
                {
                    var expected = MemoryLog.Continues(oldRoot, oldSize, newRoot, other, proof);
                    Assert.True(ConsistencyProof.Verify(oldRoot, oldSize, newRoot, other, proof) == expected, $"{at}, new size {other}");
                    if (other < 1 || other > Log.VisibleSize) continue;
                    Assert.False(ConsistencyProof.Verify(oldRoot, oldSize, Log.Root(other), other, proof), $"{at}, new size {other} and its root");
                }
            }
        }
    }

    /// <summary>A log in which one leaf was rewritten is no continuation, whatever of its hashes the proof is made of.</summary>
    [Theory]
    [InlineData(20261122)]
    public void A_rewritten_leaf_breaks_consistency(int seed)
    {
        var random = new Random(seed);
        for (var newSize = 2; newSize <= SizeMax; newSize++)
        {
            var oldSize = 1 + random.Next(newSize);
            var rewritten = random.Next(oldSize);
            var forged = new MemoryLog([.. Enumerable.Range(0, newSize).Select(i => i == rewritten ? random.NextDigest() : Log.Leaf(i))]);

            foreach (var proof in new[] { ConsistencyProof.Build(forged, oldSize, newSize), ConsistencyProof.Build(Log, oldSize, newSize) })
            {
                Assert.False(
                    ConsistencyProof.Verify(Log.Root(oldSize), oldSize, forged.Root(newSize), newSize, proof),
                    $"seed {seed}: {oldSize} to {newSize}, leaf {rewritten} rewritten");
            }
        }
    }

    private static IEnumerable<Digest[]> WithOneBitFlipped(Digest[] hashes, int size, Random random)
    {
        const int allBits = 8 * Digest.SizeBytes;
        var isThorough = ThoroughSizes.Contains(size);
        for (var hash = 0; hash < hashes.Length; hash++)
        {
            for (var i = 0; i < (isThorough ? allBits : BitsPerHash); i++)
            {
                var damaged = hashes.ToArray();
                damaged[hash] = RandomDigests.FlipBit(hashes[hash], isThorough ? i : random.Next(allBits));
                yield return damaged;
            }
        }
    }

    private static IEnumerable<Digest[]> WithStepsChanged(Digest[] proof, Digest first, Digest second)
    {
        foreach (var extra in new[] { first, second, Digest.Zero })
        {
            yield return [extra, .. proof];
            yield return [.. proof, extra];
        }

        for (var i = 0; i < proof.Length; i++)
        {
            yield return [.. proof[..i], .. proof[(i + 1)..]];
            yield return [.. proof[..(i + 1)], .. proof[i..]];
            if (i > 0) yield return [.. proof[..(i - 1)], proof[i], proof[i - 1], .. proof[(i + 1)..]];
        }
    }

    /// <summary>Numbers that differ: by one, in one bit, by a factor of two, in sign, at the ends of the range, at random.</summary>
    private static IEnumerable<long> Neighbours(long number, Random random)
    {
        long[] numbers =
        [
            number - 1, number + 1, number * 2, number / 2, -number, long.MinValue, long.MaxValue, random.NextInt64(),
            .. Enumerable.Range(0, 10).Select(bit => number ^ (1L << bit)), number ^ long.MinValue,
        ];
        return numbers.Where(n => n != number).Distinct();
    }
}
