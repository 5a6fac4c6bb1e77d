using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ledger.Core.Merkle;

/// <summary>
/// Many hashes of the log tree at once: SHA-256 (FIPS 180-4) over eight messages in the eight lanes of a 256-bit vector.
/// Gives what <see cref="LogHash"/> gives, which is also what is used where vectors of that width are not accelerated.
/// </summary>
/// <remarks>A log hashes two short messages per event, and the platform's one-shot call spends most of its time around the hash, not in it.
/// Not safe for several threads.</remarks>
public sealed class LogHashLanes
{
    /// <summary>Messages hashed together.</summary>
    public const int LaneCount = 8;

    private const int BlockBytes = 64;
    private const int WordsPerBlock = 16;
    private const int RoundCount = 64;

    // Longer messages are rare and gain nothing here.
    private const int BlocksMax = 4;

    private static readonly uint[] RoundConstants =
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    private static readonly uint[] InitialState = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private readonly uint[] _words = new uint[BlocksMax * WordsPerBlock * LaneCount];
    private readonly byte[] _message = new byte[BlocksMax * BlockBytes];
    private readonly uint[] _state = new uint[8 * LaneCount];

    /// <summary>Leaf hashes of the contents that lie end to end in <paramref name="contents"/>; content i ends before <paramref name="ends"/>[i].</summary>
    public void Leaves(ReadOnlySpan<byte> contents, ReadOnlySpan<int> ends, Span<Digest> leaves)
    {
        Span<int> waiting = stackalloc int[(BlocksMax + 1) * LaneCount];
        Span<int> counts = stackalloc int[BlocksMax + 1];
        counts.Clear();
        for (int i = 0; i < ends.Length; i++)
        {
            int blocks = (Content(contents, ends, i).Length + 1 + 9 + BlockBytes - 1) / BlockBytes;
            if (blocks > BlocksMax || !Vector256.IsHardwareAccelerated)
            {
                leaves[i] = LogHash.Leaf(Content(contents, ends, i));
                continue;
            }

            Span<int> lanes = waiting.Slice(blocks * LaneCount, LaneCount);
            lanes[counts[blocks]++] = i;
            if (counts[blocks] < LaneCount) continue;
            counts[blocks] = 0;
            for (int lane = 0; lane < LaneCount; lane++)
            {
                ReadOnlySpan<byte> content = Content(contents, ends, lanes[lane]);
                _message[0] = 0x00;
                content.CopyTo(_message.AsSpan(1));
                Pack(lane, 1 + content.Length, blocks);
            }

            Compress(blocks);
            for (int lane = 0; lane < LaneCount; lane++) leaves[lanes[lane]] = Result(lane);
        }

        for (int blocks = 1; blocks <= BlocksMax; blocks++)
        {
            foreach (int i in waiting.Slice(blocks * LaneCount, counts[blocks])) leaves[i] = LogHash.Leaf(Content(contents, ends, i));
        }
    }

    /// <summary>The hash of each pair of <paramref name="children"/>. Parents may overlay the children's front.</summary>
    public void Parents(ReadOnlySpan<Digest> children, Span<Digest> parents)
    {
        const int MessageBytes = 1 + (2 * Digest.SizeBytes);
        int count = children.Length / 2;
        int first = 0;
        for (; Vector256.IsHardwareAccelerated && first + LaneCount <= count; first += LaneCount)
        {
            for (int lane = 0; lane < LaneCount; lane++)
            {
                _message[0] = 0x01;
                children[2 * (first + lane)].WriteTo(_message.AsSpan(1));
                children[(2 * (first + lane)) + 1].WriteTo(_message.AsSpan(1 + Digest.SizeBytes));
                Pack(lane, MessageBytes, 2);
            }

            Compress(2);
            for (int lane = 0; lane < LaneCount; lane++) parents[first + lane] = Result(lane);
        }

        for (; first < count; first++) parents[first] = LogHash.Node(children[2 * first], children[(2 * first) + 1]);
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> contents, ReadOnlySpan<int> ends, int index)
    {
        int start = index == 0 ? 0 : ends[index - 1];
        return contents[start..ends[index]];
    }

    // Padding (section 5.1.1), then word t of every lane side by side.
    private void Pack(int lane, int length, int blocks)
    {
        Span<byte> message = _message.AsSpan(0, blocks * BlockBytes);
        message[length] = 0x80;
        message[(length + 1)..].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(message[^8..], (ulong)length * 8);
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(message);
        for (int t = 0; t < words.Length; t++) _words[(t * LaneCount) + lane] = BinaryPrimitives.ReverseEndianness(words[t]);
    }

    private Digest Result(int lane)
    {
        return new Digest(Pair(0), Pair(2), Pair(4), Pair(6));

        ulong Pair(int word) => ((ulong)_state[(word * LaneCount) + lane] << 32) | _state[((word + 1) * LaneCount) + lane];
    }

    // Section 6.2.2, each variable a vector with one message per lane.
    private void Compress(int blocks)
    {
        Span<Vector256<uint>> w = stackalloc Vector256<uint>[RoundCount];
        Span<Vector256<uint>> state = MemoryMarshal.Cast<uint, Vector256<uint>>(_state.AsSpan());
        for (int i = 0; i < 8; i++) state[i] = Vector256.Create(InitialState[i]);
        ReadOnlySpan<Vector256<uint>> words = MemoryMarshal.Cast<uint, Vector256<uint>>(_words.AsSpan());
        for (int block = 0; block < blocks; block++)
        {
            words.Slice(block * WordsPerBlock, WordsPerBlock).CopyTo(w);
            for (int t = WordsPerBlock; t < RoundCount; t++)
            {
                Vector256<uint> x = w[t - 15];
                Vector256<uint> y = w[t - 2];
                w[t] = w[t - 16] + w[t - 7]
                    + (RotateRight(x, 7) ^ RotateRight(x, 18) ^ (x >>> 3))
                    + (RotateRight(y, 17) ^ RotateRight(y, 19) ^ (y >>> 10));
            }

            Vector256<uint> a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
            for (int t = 0; t < RoundCount; t++)
            {
                Vector256<uint> t1 = h + (RotateRight(e, 6) ^ RotateRight(e, 11) ^ RotateRight(e, 25)) + (g ^ (e & (f ^ g)))
                    + Vector256.Create(RoundConstants[t]) + w[t];
                Vector256<uint> t2 = (RotateRight(a, 2) ^ RotateRight(a, 13) ^ RotateRight(a, 22)) + ((a & b) | (c & (a | b)));
                (h, g, f, e, d, c, b, a) = (g, f, e, d + t1, c, b, a, t1 + t2);
            }

            state[0] += a;
            state[1] += b;
            state[2] += c;
            state[3] += d;
            state[4] += e;
            state[5] += f;
            state[6] += g;
            state[7] += h;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> RotateRight(Vector256<uint> value, int bits) => (value >>> bits) | (value << (32 - bits));
}
