using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ledger.Core.Merkle;

/// <summary>Hashes a reward tree's leaves and inner nodes, as many at once as the tier permutes together.</summary>
/// <remarks>
/// Gives what <see cref="RewardLeaf.Hash"/> and <see cref="RewardProof.HashNode"/> give. Every message here (96, 32 or 64 bytes) fills less
/// than one block of the sponge, so a hash is one permutation of the message and its padding. One instance serves one thread.
/// </remarks>
internal sealed class RewardHasher(KeccakTier tier)
{
    private const int LeafWords = RewardLeaf.EncodedBytes / sizeof(ulong);
    private const int DigestWords = Digest.SizeBytes / sizeof(ulong);
    private const int LastRateWord = 16;
    private const ulong FirstPadBit = 0x01;
    private const ulong LastPadBit = 0x8000000000000000;

    private readonly int _width = tier switch { KeccakTier.Avx512 => KeccakAvx512.StateCount, KeccakTier.Avx2 => KeccakAvx2.StateCount, _ => 1 };

    // Lane by lane, the same lane of every state; what a vector register loads.
    private readonly ulong[] _state = new ulong[KeccakScalar.LaneCount * KeccakAvx512.StateCount];

    /// <summary>The hash of each leaf.</summary>
    public void HashLeaves(ReadOnlySpan<RewardLeaf> leaves, Span<Digest> hashes)
    {
        int done = 0;
        for (; done + _width <= leaves.Length; done += _width)
        {
            Clear();
            for (int lane = 0; lane < _width; lane++) Absorb(leaves[done + lane], lane);
            Pad(LeafWords);
            Permute();

            // The leaf is hashed twice: the digest stays where it is and becomes the next message.
            _state.AsSpan(DigestWords * _width).Clear();
            Pad(DigestWords);
            Permute();
            for (int lane = 0; lane < _width; lane++) hashes[done + lane] = Squeeze(lane);
        }

        for (; done < leaves.Length; done++) hashes[done] = leaves[done].Hash();
    }

    /// <summary>The hash of each message, all of which end within a block of the sponge.</summary>
    /// <param name="messages">The messages end to end.</param>
    /// <param name="ends">Where each ends.</param>
    /// <param name="hashes">One for each.</param>
    public void HashMessages(ReadOnlySpan<byte> messages, ReadOnlySpan<int> ends, Span<Digest> hashes)
    {
        for (int done = 0; done < ends.Length; done += _width)
        {
            int count = Math.Min(_width, ends.Length - done);
            Clear();
            for (int lane = 0; lane < count; lane++) Absorb(messages[(done + lane == 0 ? 0 : ends[done + lane - 1])..ends[done + lane]], lane);
            _state.AsSpan(LastRateWord * _width, _width).Fill(LastPadBit);
            Permute();
            for (int lane = 0; lane < count; lane++) hashes[done + lane] = Squeeze(lane);
        }
    }

    /// <summary>Nodes <paramref name="from"/> to <paramref name="to"/>, exclusive, from their children, which lie behind them in the array.</summary>
    public void HashNodes(Digest[] nodes, int from, int to)
    {
        int done = from;
        for (; done + _width <= to; done += _width)
        {
            Clear();
            for (int lane = 0; lane < _width; lane++)
            {
                ref readonly Digest left = ref nodes[(2 * (done + lane)) + 1];
                ref readonly Digest right = ref nodes[(2 * (done + lane)) + 2];
                bool inOrder = left.CompareTo(right) <= 0;
                Absorb(inOrder ? left : right, 0, lane);
                Absorb(inOrder ? right : left, DigestWords, lane);
            }

            Pad(2 * DigestWords);
            Permute();
            for (int lane = 0; lane < _width; lane++) nodes[done + lane] = Squeeze(lane);
        }

        for (; done < to; done++) nodes[done] = RewardProof.HashNode(nodes[(2 * done) + 1], nodes[(2 * done) + 2]);
    }

    private void Clear() => _state.AsSpan(0, KeccakScalar.LaneCount * _width).Clear();

    private void Absorb(in RewardLeaf leaf, int lane)
    {
        Absorb(leaf.Domain, 0, lane);
        Absorb(leaf.Payee, DigestWords, lane);
        UInt128 cumulative = leaf.Cumulative.BaseUnits;
        _state[((LeafWords - 2) * _width) + lane] = BinaryPrimitives.ReverseEndianness((ulong)(cumulative >> 64));
        _state[((LeafWords - 1) * _width) + lane] = BinaryPrimitives.ReverseEndianness(unchecked((ulong)cumulative));
    }

    /// <summary>A message of any length below the rate's last word, and the padding bit behind it.</summary>
    private void Absorb(ReadOnlySpan<byte> message, int lane)
    {
        Span<byte> block = stackalloc byte[LastRateWord * sizeof(ulong)];
        block.Clear();
        message.CopyTo(block);
        block[message.Length] = (byte)FirstPadBit;
        for (int word = 0; word <= message.Length / sizeof(ulong); word++)
            _state[(word * _width) + lane] = BinaryPrimitives.ReadUInt64LittleEndian(block[(word * sizeof(ulong))..]);
    }

    private void Absorb(in Digest digest, int word, int lane)
    {
        Span<ulong> words = _state.AsSpan((word * _width) + lane);
        words[0] = BinaryPrimitives.ReverseEndianness(digest.A);
        words[_width] = BinaryPrimitives.ReverseEndianness(digest.B);
        words[2 * _width] = BinaryPrimitives.ReverseEndianness(digest.C);
        words[3 * _width] = BinaryPrimitives.ReverseEndianness(digest.D);
    }

    private void Pad(int messageWords)
    {
        _state.AsSpan(messageWords * _width, _width).Fill(FirstPadBit);
        _state.AsSpan(LastRateWord * _width, _width).Fill(LastPadBit);
    }

    private void Permute()
    {
        switch (tier)
        {
            case KeccakTier.Avx512:
                KeccakAvx512.Permute(MemoryMarshal.Cast<ulong, Vector512<ulong>>(_state.AsSpan()));
                break;
            case KeccakTier.Avx2:
                KeccakAvx2.Permute(MemoryMarshal.Cast<ulong, Vector256<ulong>>(_state.AsSpan()));
                break;
            default:
                KeccakScalar.Permute(_state);
                break;
        }
    }

    private Digest Squeeze(int lane) => new(
        BinaryPrimitives.ReverseEndianness(_state[lane]),
        BinaryPrimitives.ReverseEndianness(_state[_width + lane]),
        BinaryPrimitives.ReverseEndianness(_state[(2 * _width) + lane]),
        BinaryPrimitives.ReverseEndianness(_state[(3 * _width) + lane]));
}
