using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ledger.Core.Merkle;

/// <summary>
/// The Keccak-f[1600] permutation on one state of 25 lanes (FIPS 202, section 3.3), in scalar code.
/// </summary>
/// <remarks>
/// The lane of column x and row y is at index 5y + x. Two rounds make one turn of the loop, so that the lanes travel
/// a → e → a without being copied, and all of them are locals, so that no access is checked against bounds. Within a
/// round, c is the parity of each column and d what theta adds to it; b is one row after rho and pi, ready for chi.
/// The vectorised permutations of several states at once are siblings of this class, and this one is their oracle.
/// </remarks>
internal static class KeccakScalar
{
    public const int LaneCount = 25;
    public const int RoundCount = 24;

    /// <summary>The constant that iota adds to lane 0 in each round.</summary>
    public static readonly ulong[] RoundConstants =
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
        0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
        0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
        0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <summary>Permutes the state in place.</summary>
    /// <param name="state">The state; it has at least <see cref="LaneCount"/> lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Permute(Span<ulong> state)
    {
        unchecked
        {
            var lanes = state[..LaneCount];
            var roundConstants = RoundConstants.AsSpan(0, RoundCount);
            ulong a00 = lanes[0], a10 = lanes[1], a20 = lanes[2], a30 = lanes[3], a40 = lanes[4];
            ulong a01 = lanes[5], a11 = lanes[6], a21 = lanes[7], a31 = lanes[8], a41 = lanes[9];
            ulong a02 = lanes[10], a12 = lanes[11], a22 = lanes[12], a32 = lanes[13], a42 = lanes[14];
            ulong a03 = lanes[15], a13 = lanes[16], a23 = lanes[17], a33 = lanes[18], a43 = lanes[19];
            ulong a04 = lanes[20], a14 = lanes[21], a24 = lanes[22], a34 = lanes[23], a44 = lanes[24];
            ulong e00, e10, e20, e30, e40;
            ulong e01, e11, e21, e31, e41;
            ulong e02, e12, e22, e32, e42;
            ulong e03, e13, e23, e33, e43;
            ulong e04, e14, e24, e34, e44;
            ulong b0, b1, b2, b3, b4, c0, c1, c2, c3, c4, d0, d1, d2, d3, d4;

            for (var round = 0; round < RoundCount; round += 2)
            {
                // Even round: a into e.
                c0 = a00 ^ a01 ^ a02 ^ a03 ^ a04;
                c1 = a10 ^ a11 ^ a12 ^ a13 ^ a14;
                c2 = a20 ^ a21 ^ a22 ^ a23 ^ a24;
                c3 = a30 ^ a31 ^ a32 ^ a33 ^ a34;
                c4 = a40 ^ a41 ^ a42 ^ a43 ^ a44;
                d0 = c4 ^ BitOperations.RotateLeft(c1, 1);
                d1 = c0 ^ BitOperations.RotateLeft(c2, 1);
                d2 = c1 ^ BitOperations.RotateLeft(c3, 1);
                d3 = c2 ^ BitOperations.RotateLeft(c4, 1);
                d4 = c3 ^ BitOperations.RotateLeft(c0, 1);

                b0 = a00 ^ d0;
                b1 = BitOperations.RotateLeft(a11 ^ d1, 44);
                b2 = BitOperations.RotateLeft(a22 ^ d2, 43);
                b3 = BitOperations.RotateLeft(a33 ^ d3, 21);
                b4 = BitOperations.RotateLeft(a44 ^ d4, 14);
                e00 = b0 ^ (~b1 & b2) ^ roundConstants[round];
                e10 = b1 ^ (~b2 & b3);
                e20 = b2 ^ (~b3 & b4);
                e30 = b3 ^ (~b4 & b0);
                e40 = b4 ^ (~b0 & b1);

                b0 = BitOperations.RotateLeft(a30 ^ d3, 28);
                b1 = BitOperations.RotateLeft(a41 ^ d4, 20);
                b2 = BitOperations.RotateLeft(a02 ^ d0, 3);
                b3 = BitOperations.RotateLeft(a13 ^ d1, 45);
                b4 = BitOperations.RotateLeft(a24 ^ d2, 61);
                e01 = b0 ^ (~b1 & b2);
                e11 = b1 ^ (~b2 & b3);
                e21 = b2 ^ (~b3 & b4);
                e31 = b3 ^ (~b4 & b0);
                e41 = b4 ^ (~b0 & b1);

                b0 = BitOperations.RotateLeft(a10 ^ d1, 1);
                b1 = BitOperations.RotateLeft(a21 ^ d2, 6);
                b2 = BitOperations.RotateLeft(a32 ^ d3, 25);
                b3 = BitOperations.RotateLeft(a43 ^ d4, 8);
                b4 = BitOperations.RotateLeft(a04 ^ d0, 18);
                e02 = b0 ^ (~b1 & b2);
                e12 = b1 ^ (~b2 & b3);
                e22 = b2 ^ (~b3 & b4);
                e32 = b3 ^ (~b4 & b0);
                e42 = b4 ^ (~b0 & b1);

                b0 = BitOperations.RotateLeft(a40 ^ d4, 27);
                b1 = BitOperations.RotateLeft(a01 ^ d0, 36);
                b2 = BitOperations.RotateLeft(a12 ^ d1, 10);
                b3 = BitOperations.RotateLeft(a23 ^ d2, 15);
                b4 = BitOperations.RotateLeft(a34 ^ d3, 56);
                e03 = b0 ^ (~b1 & b2);
                e13 = b1 ^ (~b2 & b3);
                e23 = b2 ^ (~b3 & b4);
                e33 = b3 ^ (~b4 & b0);
                e43 = b4 ^ (~b0 & b1);

                b0 = BitOperations.RotateLeft(a20 ^ d2, 62);
                b1 = BitOperations.RotateLeft(a31 ^ d3, 55);
                b2 = BitOperations.RotateLeft(a42 ^ d4, 39);
                b3 = BitOperations.RotateLeft(a03 ^ d0, 41);
                b4 = BitOperations.RotateLeft(a14 ^ d1, 2);
                e04 = b0 ^ (~b1 & b2);
                e14 = b1 ^ (~b2 & b3);
                e24 = b2 ^ (~b3 & b4);
                e34 = b3 ^ (~b4 & b0);
                e44 = b4 ^ (~b0 & b1);

                // Odd round: e back into a.
                c0 = e00 ^ e01 ^ e02 ^ e03 ^ e04;
                c1 = e10 ^ e11 ^ e12 ^ e13 ^ e14;
                c2 = e20 ^ e21 ^ e22 ^ e23 ^ e24;
                c3 = e30 ^ e31 ^ e32 ^ e33 ^ e34;
                c4 = e40 ^ e41 ^ e42 ^ e43 ^ e44;
                d0 = c4 ^ BitOperations.RotateLeft(c1, 1);
                d1 = c0 ^ BitOperations.RotateLeft(c2, 1);
                d2 = c1 ^ BitOperations.RotateLeft(c3, 1);
                d3 = c2 ^ BitOperations.RotateLeft(c4, 1);
                d4 = c3 ^ BitOperations.RotateLeft(c0, 1);

                b0 = e00 ^ d0;
                b1 = BitOperations.RotateLeft(e11 ^ d1, 44);
                b2 = BitOperations.RotateLeft(e22 ^ d2, 43);
                b3 = BitOperations.RotateLeft(e33 ^ d3, 21);
                b4 = BitOperations.RotateLeft(e44 ^ d4, 14);
                a00 = b0 ^ (~b1 & b2) ^ roundConstants[round + 1];
                a10 = b1 ^ (~b2 & b3);
                a20 = b2 ^ (~b3 & b4);
                a30 = b3 ^ (~b4 & b0);
                a40 = b4 ^ (~b0 & b1);

                b0 = BitOperations.RotateLeft(e30 ^ d3, 28);
                b1 = BitOperations.RotateLeft(e41 ^ d4, 20);
                b2 = BitOperations.RotateLeft(e02 ^ d0, 3);
                b3 = BitOperations.RotateLeft(e13 ^ d1, 45);
                b4 = BitOperations.RotateLeft(e24 ^ d2, 61);
                a01 = b0 ^ (~b1 & b2);
                a11 = b1 ^ (~b2 & b3);
                a21 = b2 ^ (~b3 & b4);
                a31 = b3 ^ (~b4 & b0);
                a41 = b4 ^ (~b0 & b1);

                b0 = BitOperations.RotateLeft(e10 ^ d1, 1);
                b1 = BitOperations.RotateLeft(e21 ^ d2, 6);
                b2 = BitOperations.RotateLeft(e32 ^ d3, 25);
                b3 = BitOperations.RotateLeft(e43 ^ d4, 8);
                b4 = BitOperations.RotateLeft(e04 ^ d0, 18);
                a02 = b0 ^ (~b1 & b2);
                a12 = b1 ^ (~b2 & b3);
                a22 = b2 ^ (~b3 & b4);
                a32 = b3 ^ (~b4 & b0);
                a42 = b4 ^ (~b0 & b1);

                b0 = BitOperations.RotateLeft(e40 ^ d4, 27);
                b1 = BitOperations.RotateLeft(e01 ^ d0, 36);
                b2 = BitOperations.RotateLeft(e12 ^ d1, 10);
                b3 = BitOperations.RotateLeft(e23 ^ d2, 15);
                b4 = BitOperations.RotateLeft(e34 ^ d3, 56);
                a03 = b0 ^ (~b1 & b2);
                a13 = b1 ^ (~b2 & b3);
                a23 = b2 ^ (~b3 & b4);
                a33 = b3 ^ (~b4 & b0);
                a43 = b4 ^ (~b0 & b1);

                b0 = BitOperations.RotateLeft(e20 ^ d2, 62);
                b1 = BitOperations.RotateLeft(e31 ^ d3, 55);
                b2 = BitOperations.RotateLeft(e42 ^ d4, 39);
                b3 = BitOperations.RotateLeft(e03 ^ d0, 41);
                b4 = BitOperations.RotateLeft(e14 ^ d1, 2);
                a04 = b0 ^ (~b1 & b2);
                a14 = b1 ^ (~b2 & b3);
                a24 = b2 ^ (~b3 & b4);
                a34 = b3 ^ (~b4 & b0);
                a44 = b4 ^ (~b0 & b1);
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
    }
}
