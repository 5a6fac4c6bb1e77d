using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ledger.Core.Merkle;

/// <summary>
/// The Keccak-f[1600] permutation on 4 states at once, one in each 64-bit element of a 256-bit vector (AVX2).
/// </summary>
/// <remarks>
/// The steps of <see cref="KeccakScalar"/>, which is its oracle, line by line; the names are explained there.
/// Written for AVX2, correct on any machine.
/// </remarks>
internal static class KeccakAvx2
{
    /// <summary>States permuted together.</summary>
    public const int StateCount = 4;

    /// <summary>Permutes the states in place.</summary>
    /// <param name="state">Lane by lane, the same lane of every state; at least 25.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Permute(Span<Vector256<ulong>> state)
    {
        Span<Vector256<ulong>> lanes = state[..KeccakScalar.LaneCount];
        ReadOnlySpan<ulong> roundConstants = KeccakScalar.RoundConstants;
        Vector256<ulong> a00 = lanes[0], a10 = lanes[1], a20 = lanes[2], a30 = lanes[3], a40 = lanes[4];
        Vector256<ulong> a01 = lanes[5], a11 = lanes[6], a21 = lanes[7], a31 = lanes[8], a41 = lanes[9];
        Vector256<ulong> a02 = lanes[10], a12 = lanes[11], a22 = lanes[12], a32 = lanes[13], a42 = lanes[14];
        Vector256<ulong> a03 = lanes[15], a13 = lanes[16], a23 = lanes[17], a33 = lanes[18], a43 = lanes[19];
        Vector256<ulong> a04 = lanes[20], a14 = lanes[21], a24 = lanes[22], a34 = lanes[23], a44 = lanes[24];
        Vector256<ulong> e00, e10, e20, e30, e40;
        Vector256<ulong> e01, e11, e21, e31, e41;
        Vector256<ulong> e02, e12, e22, e32, e42;
        Vector256<ulong> e03, e13, e23, e33, e43;
        Vector256<ulong> e04, e14, e24, e34, e44;
        Vector256<ulong> b0, b1, b2, b3, b4, c0, c1, c2, c3, c4, d0, d1, d2, d3, d4;

        for (int round = 0; round < KeccakScalar.RoundCount; round += 2)
        {
            // Even round: a into e.
            c0 = a00 ^ a01 ^ a02 ^ a03 ^ a04;
            c1 = a10 ^ a11 ^ a12 ^ a13 ^ a14;
            c2 = a20 ^ a21 ^ a22 ^ a23 ^ a24;
            c3 = a30 ^ a31 ^ a32 ^ a33 ^ a34;
            c4 = a40 ^ a41 ^ a42 ^ a43 ^ a44;
            d0 = c4 ^ Rotate(c1, 1);
            d1 = c0 ^ Rotate(c2, 1);
            d2 = c1 ^ Rotate(c3, 1);
            d3 = c2 ^ Rotate(c4, 1);
            d4 = c3 ^ Rotate(c0, 1);

            b0 = a00 ^ d0;
            b1 = Rotate(a11 ^ d1, 44);
            b2 = Rotate(a22 ^ d2, 43);
            b3 = Rotate(a33 ^ d3, 21);
            b4 = Rotate(a44 ^ d4, 14);
            e00 = b0 ^ Vector256.AndNot(b2, b1) ^ Vector256.Create(roundConstants[round]);
            e10 = b1 ^ Vector256.AndNot(b3, b2);
            e20 = b2 ^ Vector256.AndNot(b4, b3);
            e30 = b3 ^ Vector256.AndNot(b0, b4);
            e40 = b4 ^ Vector256.AndNot(b1, b0);

            b0 = Rotate(a30 ^ d3, 28);
            b1 = Rotate(a41 ^ d4, 20);
            b2 = Rotate(a02 ^ d0, 3);
            b3 = Rotate(a13 ^ d1, 45);
            b4 = Rotate(a24 ^ d2, 61);
            e01 = b0 ^ Vector256.AndNot(b2, b1);
            e11 = b1 ^ Vector256.AndNot(b3, b2);
            e21 = b2 ^ Vector256.AndNot(b4, b3);
            e31 = b3 ^ Vector256.AndNot(b0, b4);
            e41 = b4 ^ Vector256.AndNot(b1, b0);

            b0 = Rotate(a10 ^ d1, 1);
            b1 = Rotate(a21 ^ d2, 6);
            b2 = Rotate(a32 ^ d3, 25);
            b3 = Rotate(a43 ^ d4, 8);
            b4 = Rotate(a04 ^ d0, 18);
            e02 = b0 ^ Vector256.AndNot(b2, b1);
            e12 = b1 ^ Vector256.AndNot(b3, b2);
            e22 = b2 ^ Vector256.AndNot(b4, b3);
            e32 = b3 ^ Vector256.AndNot(b0, b4);
            e42 = b4 ^ Vector256.AndNot(b1, b0);

            b0 = Rotate(a40 ^ d4, 27);
            b1 = Rotate(a01 ^ d0, 36);
            b2 = Rotate(a12 ^ d1, 10);
            b3 = Rotate(a23 ^ d2, 15);
            b4 = Rotate(a34 ^ d3, 56);
            e03 = b0 ^ Vector256.AndNot(b2, b1);
            e13 = b1 ^ Vector256.AndNot(b3, b2);
            e23 = b2 ^ Vector256.AndNot(b4, b3);
            e33 = b3 ^ Vector256.AndNot(b0, b4);
            e43 = b4 ^ Vector256.AndNot(b1, b0);

            b0 = Rotate(a20 ^ d2, 62);
            b1 = Rotate(a31 ^ d3, 55);
            b2 = Rotate(a42 ^ d4, 39);
            b3 = Rotate(a03 ^ d0, 41);
            b4 = Rotate(a14 ^ d1, 2);
            e04 = b0 ^ Vector256.AndNot(b2, b1);
            e14 = b1 ^ Vector256.AndNot(b3, b2);
            e24 = b2 ^ Vector256.AndNot(b4, b3);
            e34 = b3 ^ Vector256.AndNot(b0, b4);
            e44 = b4 ^ Vector256.AndNot(b1, b0);

            // Odd round: e back into a.
            c0 = e00 ^ e01 ^ e02 ^ e03 ^ e04;
            c1 = e10 ^ e11 ^ e12 ^ e13 ^ e14;
            c2 = e20 ^ e21 ^ e22 ^ e23 ^ e24;
            c3 = e30 ^ e31 ^ e32 ^ e33 ^ e34;
            c4 = e40 ^ e41 ^ e42 ^ e43 ^ e44;
            d0 = c4 ^ Rotate(c1, 1);
            d1 = c0 ^ Rotate(c2, 1);
            d2 = c1 ^ Rotate(c3, 1);
            d3 = c2 ^ Rotate(c4, 1);
            d4 = c3 ^ Rotate(c0, 1);

            b0 = e00 ^ d0;
            b1 = Rotate(e11 ^ d1, 44);
            b2 = Rotate(e22 ^ d2, 43);
            b3 = Rotate(e33 ^ d3, 21);
            b4 = Rotate(e44 ^ d4, 14);
            a00 = b0 ^ Vector256.AndNot(b2, b1) ^ Vector256.Create(roundConstants[round + 1]);
            a10 = b1 ^ Vector256.AndNot(b3, b2);
            a20 = b2 ^ Vector256.AndNot(b4, b3);
            a30 = b3 ^ Vector256.AndNot(b0, b4);
            a40 = b4 ^ Vector256.AndNot(b1, b0);

            b0 = Rotate(e30 ^ d3, 28);
            b1 = Rotate(e41 ^ d4, 20);
            b2 = Rotate(e02 ^ d0, 3);
            b3 = Rotate(e13 ^ d1, 45);
            b4 = Rotate(e24 ^ d2, 61);
            a01 = b0 ^ Vector256.AndNot(b2, b1);
            a11 = b1 ^ Vector256.AndNot(b3, b2);
            a21 = b2 ^ Vector256.AndNot(b4, b3);
            a31 = b3 ^ Vector256.AndNot(b0, b4);
            a41 = b4 ^ Vector256.AndNot(b1, b0);

            b0 = Rotate(e10 ^ d1, 1);
            b1 = Rotate(e21 ^ d2, 6);
            b2 = Rotate(e32 ^ d3, 25);
            b3 = Rotate(e43 ^ d4, 8);
            b4 = Rotate(e04 ^ d0, 18);
            a02 = b0 ^ Vector256.AndNot(b2, b1);
            a12 = b1 ^ Vector256.AndNot(b3, b2);
            a22 = b2 ^ Vector256.AndNot(b4, b3);
            a32 = b3 ^ Vector256.AndNot(b0, b4);
            a42 = b4 ^ Vector256.AndNot(b1, b0);

            b0 = Rotate(e40 ^ d4, 27);
            b1 = Rotate(e01 ^ d0, 36);
            b2 = Rotate(e12 ^ d1, 10);
            b3 = Rotate(e23 ^ d2, 15);
            b4 = Rotate(e34 ^ d3, 56);
            a03 = b0 ^ Vector256.AndNot(b2, b1);
            a13 = b1 ^ Vector256.AndNot(b3, b2);
            a23 = b2 ^ Vector256.AndNot(b4, b3);
            a33 = b3 ^ Vector256.AndNot(b0, b4);
            a43 = b4 ^ Vector256.AndNot(b1, b0);

            b0 = Rotate(e20 ^ d2, 62);
            b1 = Rotate(e31 ^ d3, 55);
            b2 = Rotate(e42 ^ d4, 39);
            b3 = Rotate(e03 ^ d0, 41);
            b4 = Rotate(e14 ^ d1, 2);
            a04 = b0 ^ Vector256.AndNot(b2, b1);
            a14 = b1 ^ Vector256.AndNot(b3, b2);
            a24 = b2 ^ Vector256.AndNot(b4, b3);
            a34 = b3 ^ Vector256.AndNot(b0, b4);
            a44 = b4 ^ Vector256.AndNot(b1, b0);
        }

        lanes[0] = a00;
        lanes[1] = a10;
        lanes[2] = a20;
        lanes[3] = a30;
        lanes[4] = a40;
        lanes[5] = a01;
        lanes[6] = a11;
        lanes[7] = a21;
        lanes[8] = a31;
        lanes[9] = a41;
        lanes[10] = a02;
        lanes[11] = a12;
        lanes[12] = a22;
        lanes[13] = a32;
        lanes[14] = a42;
        lanes[15] = a03;
        lanes[16] = a13;
        lanes[17] = a23;
        lanes[18] = a33;
        lanes[19] = a43;
        lanes[20] = a04;
        lanes[21] = a14;
        lanes[22] = a24;
        lanes[23] = a34;
        lanes[24] = a44;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Rotate(Vector256<ulong> value, [ConstantExpected] byte bits) => bits switch
    {
        // Shifts are what this waits for: processors have fewer units for them than for additions and byte moves.
        1 => (value + value) | (value >>> 63),
        8 when Avx2.IsSupported => Avx2.Shuffle(value.AsByte(), Left8).AsUInt64(),
        56 when Avx2.IsSupported => Avx2.Shuffle(value.AsByte(), Left56).AsUInt64(),
        _ => (value << bits) | (value >>> (64 - bits)),
    };

    private static Vector256<byte> Left8 => Vector256.Create(
        (byte)7, 0, 1, 2, 3, 4, 5, 6, 15, 8, 9, 10, 11, 12, 13, 14, 7, 0, 1, 2, 3, 4, 5, 6, 15, 8, 9, 10, 11, 12, 13, 14);

    private static Vector256<byte> Left56 => Vector256.Create(
        (byte)1, 2, 3, 4, 5, 6, 7, 0, 9, 10, 11, 12, 13, 14, 15, 8, 1, 2, 3, 4, 5, 6, 7, 0, 9, 10, 11, 12, 13, 14, 15, 8);
}
