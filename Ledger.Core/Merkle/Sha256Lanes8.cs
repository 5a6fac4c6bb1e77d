using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ledger.Core.Merkle;

/// <summary>SHA-256 over eight padded messages of the same length, one in each lane of a 256-bit vector.</summary>
internal static class Sha256Lanes8
{
    public const int LaneCount = 8;

    /// <summary>Whether vectors of that width are accelerated; right on any machine.</summary>
    public static bool IsSupported => Vector256.IsHardwareAccelerated;

    /// <summary>Hashes messages that lie end to end.</summary>
    /// <param name="messages">Eight of them.</param>
    /// <param name="blocks">Blocks of each.</param>
    /// <param name="state">Gets the hashes: the first word of each, then the second, and so on.</param>
    public static void Hash(ReadOnlySpan<byte> messages, int blocks, Span<uint> state)
    {
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(messages);
        Span<Vector256<uint>> lanes = MemoryMarshal.Cast<uint, Vector256<uint>>(state);
        for (int i = 0; i < Sha256Words.PerState; i++) lanes[i] = Vector256.Create(Sha256Words.InitialState[i]);
        Span<Vector256<uint>> w = stackalloc Vector256<uint>[Sha256Words.RoundCount];
        for (int block = 0; block < blocks; block++)
        {
            // Word t of every message side by side.
            Span<uint> sideBySide = MemoryMarshal.Cast<Vector256<uint>, uint>(w);
            for (int lane = 0; lane < LaneCount; lane++)
            {
                ReadOnlySpan<uint> message = words.Slice(((lane * blocks) + block) * Sha256Words.PerBlock, Sha256Words.PerBlock);
                for (int t = 0; t < message.Length; t++) sideBySide[(t * LaneCount) + lane] = BinaryPrimitives.ReverseEndianness(message[t]);
            }

            Compress(w, lanes);
        }
    }

    // Section 6.2.2, each variable a vector with one message per lane.
    private static void Compress(Span<Vector256<uint>> w, Span<Vector256<uint>> state)
    {
        for (int t = Sha256Words.PerBlock; t < Sha256Words.RoundCount; t++)
        {
            Vector256<uint> x = w[t - 15];
            Vector256<uint> y = w[t - 2];
            w[t] = w[t - 16] + w[t - 7]
                + (RotateRight(x, 7) ^ RotateRight(x, 18) ^ (x >>> 3))
                + (RotateRight(y, 17) ^ RotateRight(y, 19) ^ (y >>> 10));
        }

        Vector256<uint> a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        for (int t = 0; t < Sha256Words.RoundCount; t++)
        {
            Vector256<uint> t1 = h + (RotateRight(e, 6) ^ RotateRight(e, 11) ^ RotateRight(e, 25)) + (g ^ (e & (f ^ g)))
                + Vector256.Create(Sha256Words.RoundConstants[t]) + w[t];
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> RotateRight(Vector256<uint> value, int bits) => (value >>> bits) | (value << (32 - bits));
}
