using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ledger.Core.Merkle;

/// <summary>SHA-256 over sixteen padded messages of the same length, one in each lane of a 512-bit vector (AVX-512).</summary>
/// <remarks>
/// Thirty-two registers hold the state and the sixteen words at hand, rotations are instructions and so is each of the three-operand functions: a block of each
/// message takes a third of the time that the processor's own SHA instructions take for one after another.
/// </remarks>
internal static class Sha256Lanes16
{
    public const int LaneCount = 16;

    private const byte Xor = 0x96;
    private const byte Choose = 0xca;
    private const byte Majority = 0xe8;

    // Which 128-bit quarters of two vectors make a third: the lower halves of both, the upper ones, the even quarters, the odd ones.
    private const byte LowerHalves = 0x44;
    private const byte UpperHalves = 0xee;
    private const byte EvenQuarters = 0x88;
    private const byte OddQuarters = 0xdd;

    /// <summary>Whether this machine has the instructions; not to be called on another.</summary>
    public static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512F.IsSupported && Avx512BW.IsSupported;

    private static Vector512<byte> BytesOfWordsReversed => Vector512.Create(
        Vector256.Create(Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12), Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)),
        Vector256.Create(Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12), Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)));

    /// <summary>Hashes messages that lie end to end.</summary>
    /// <param name="messages">Sixteen of them.</param>
    /// <param name="blocks">Blocks of each.</param>
    /// <param name="state">Gets the hashes: the first word of each, then the second, and so on.</param>
    public static void Hash(ReadOnlySpan<byte> messages, int blocks, Span<uint> state)
    {
        ReadOnlySpan<Vector512<byte>> rows = MemoryMarshal.Cast<byte, Vector512<byte>>(messages);
        Span<Vector512<uint>> lanes = MemoryMarshal.Cast<uint, Vector512<uint>>(state);
        for (int i = 0; i < Sha256Words.PerState; i++) lanes[i] = Vector512.Create(Sha256Words.InitialState[i]);
        Span<Vector512<uint>> w = stackalloc Vector512<uint>[Sha256Words.PerBlock];
        for (int block = 0; block < blocks; block++)
        {
            for (int lane = 0; lane < LaneCount; lane++) w[lane] = Avx512BW.Shuffle(rows[(lane * blocks) + block], BytesOfWordsReversed).AsUInt32();
            Transpose(w);
            Compress(w, lanes);
        }
    }

    // Rows are messages before, words after: four rows at a time within each quarter, then the quarters of four such groups.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(Span<Vector512<uint>> rows)
    {
        for (int group = 0; group < rows.Length; group += 4)
        {
            Span<Vector512<uint>> four = rows.Slice(group, 4);
            Vector512<ulong> low01 = Avx512F.UnpackLow(four[0], four[1]).AsUInt64();
            Vector512<ulong> high01 = Avx512F.UnpackHigh(four[0], four[1]).AsUInt64();
            Vector512<ulong> low23 = Avx512F.UnpackLow(four[2], four[3]).AsUInt64();
            Vector512<ulong> high23 = Avx512F.UnpackHigh(four[2], four[3]).AsUInt64();
            four[0] = Avx512F.UnpackLow(low01, low23).AsUInt32();
            four[1] = Avx512F.UnpackHigh(low01, low23).AsUInt32();
            four[2] = Avx512F.UnpackLow(high01, high23).AsUInt32();
            four[3] = Avx512F.UnpackHigh(high01, high23).AsUInt32();
        }

        for (int word = 0; word < 4; word++)
        {
            Vector512<uint> lower01 = Avx512F.Shuffle4x128(rows[word], rows[word + 4], LowerHalves);
            Vector512<uint> upper01 = Avx512F.Shuffle4x128(rows[word], rows[word + 4], UpperHalves);
            Vector512<uint> lower23 = Avx512F.Shuffle4x128(rows[word + 8], rows[word + 12], LowerHalves);
            Vector512<uint> upper23 = Avx512F.Shuffle4x128(rows[word + 8], rows[word + 12], UpperHalves);
            rows[word] = Avx512F.Shuffle4x128(lower01, lower23, EvenQuarters);
            rows[word + 4] = Avx512F.Shuffle4x128(lower01, lower23, OddQuarters);
            rows[word + 8] = Avx512F.Shuffle4x128(upper01, upper23, EvenQuarters);
            rows[word + 12] = Avx512F.Shuffle4x128(upper01, upper23, OddQuarters);
        }
    }

    // Section 6.2.2, each variable a vector with one message per lane; sixteen rounds and the next sixteen words in turn.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compress(ReadOnlySpan<Vector512<uint>> w, Span<Vector512<uint>> state)
    {
        Vector512<uint> w00 = w[0], w01 = w[1], w02 = w[2], w03 = w[3];
        Vector512<uint> w04 = w[4], w05 = w[5], w06 = w[6], w07 = w[7];
        Vector512<uint> w08 = w[8], w09 = w[9], w10 = w[10], w11 = w[11];
        Vector512<uint> w12 = w[12], w13 = w[13], w14 = w[14], w15 = w[15];
        Vector512<uint> a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        for (int round = 0; ; round += Sha256Words.PerBlock)
        {
            ReadOnlySpan<uint> constants = Sha256Words.RoundConstants.Slice(round, Sha256Words.PerBlock);
            Vector512<uint> t;
            t = First(e, f, g, h, w00, constants[0]);
            (d, h) = (d + t, t + Second(a, b, c));
            t = First(d, e, f, g, w01, constants[1]);
            (c, g) = (c + t, t + Second(h, a, b));
            t = First(c, d, e, f, w02, constants[2]);
            (b, f) = (b + t, t + Second(g, h, a));
            t = First(b, c, d, e, w03, constants[3]);
            (a, e) = (a + t, t + Second(f, g, h));
            t = First(a, b, c, d, w04, constants[4]);
            (h, d) = (h + t, t + Second(e, f, g));
            t = First(h, a, b, c, w05, constants[5]);
            (g, c) = (g + t, t + Second(d, e, f));
            t = First(g, h, a, b, w06, constants[6]);
            (f, b) = (f + t, t + Second(c, d, e));
            t = First(f, g, h, a, w07, constants[7]);
            (e, a) = (e + t, t + Second(b, c, d));
            t = First(e, f, g, h, w08, constants[8]);
            (d, h) = (d + t, t + Second(a, b, c));
            t = First(d, e, f, g, w09, constants[9]);
            (c, g) = (c + t, t + Second(h, a, b));
            t = First(c, d, e, f, w10, constants[10]);
            (b, f) = (b + t, t + Second(g, h, a));
            t = First(b, c, d, e, w11, constants[11]);
            (a, e) = (a + t, t + Second(f, g, h));
            t = First(a, b, c, d, w12, constants[12]);
            (h, d) = (h + t, t + Second(e, f, g));
            t = First(h, a, b, c, w13, constants[13]);
            (g, c) = (g + t, t + Second(d, e, f));
            t = First(g, h, a, b, w14, constants[14]);
            (f, b) = (f + t, t + Second(c, d, e));
            t = First(f, g, h, a, w15, constants[15]);
            (e, a) = (e + t, t + Second(b, c, d));
            if (round == Sha256Words.RoundCount - Sha256Words.PerBlock) break;
            w00 += Small0(w01) + w09 + Small1(w14);
            w01 += Small0(w02) + w10 + Small1(w15);
            w02 += Small0(w03) + w11 + Small1(w00);
            w03 += Small0(w04) + w12 + Small1(w01);
            w04 += Small0(w05) + w13 + Small1(w02);
            w05 += Small0(w06) + w14 + Small1(w03);
            w06 += Small0(w07) + w15 + Small1(w04);
            w07 += Small0(w08) + w00 + Small1(w05);
            w08 += Small0(w09) + w01 + Small1(w06);
            w09 += Small0(w10) + w02 + Small1(w07);
            w10 += Small0(w11) + w03 + Small1(w08);
            w11 += Small0(w12) + w04 + Small1(w09);
            w12 += Small0(w13) + w05 + Small1(w10);
            w13 += Small0(w14) + w06 + Small1(w11);
            w14 += Small0(w15) + w07 + Small1(w12);
            w15 += Small0(w00) + w08 + Small1(w13);
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
    private static Vector512<uint> First(Vector512<uint> e, Vector512<uint> f, Vector512<uint> g, Vector512<uint> h, Vector512<uint> word, uint constant) =>
        h + (word + Vector512.Create(constant)) + Avx512F.TernaryLogic(e, f, g, Choose) + Avx512F.TernaryLogic(Rotate(e, 6), Rotate(e, 11), Rotate(e, 25), Xor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Second(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c) =>
        Avx512F.TernaryLogic(a, b, c, Majority) + Avx512F.TernaryLogic(Rotate(a, 2), Rotate(a, 13), Rotate(a, 22), Xor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Small0(Vector512<uint> x) => Avx512F.TernaryLogic(Rotate(x, 7), Rotate(x, 18), x >>> 3, Xor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Small1(Vector512<uint> x) => Avx512F.TernaryLogic(Rotate(x, 17), Rotate(x, 19), x >>> 10, Xor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Rotate(Vector512<uint> value, [ConstantExpected] byte bits) => Avx512F.RotateRight(value, bits);
}
