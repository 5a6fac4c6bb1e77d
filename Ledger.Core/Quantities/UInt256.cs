namespace Ledger.Core.Quantities;

/// <summary>The product of two 128-bit numbers, as two halves. Exists only so that an intermediate never loses a bit.</summary>
internal readonly record struct UInt256(UInt128 Hi, UInt128 Lo)
{
    internal static UInt256 Multiply(UInt128 a, UInt128 b)
    {
        unchecked
        {
            ulong a0 = (ulong)a, a1 = (ulong)(a >> 64), b0 = (ulong)b, b1 = (ulong)(b >> 64);
            var low = new UInt128(Math.BigMul(a0, b0, out var p0), p0);
            var high = new UInt128(Math.BigMul(a1, b1, out var p1), p1);
            var mid1 = new UInt128(Math.BigMul(a0, b1, out var p2), p2);
            var mid2 = new UInt128(Math.BigMul(a1, b0, out var p3), p3);
            // Both additions stay below 2^128: (2^64-1)^2 + 2(2^64-1) = 2^128 - 1.
            var carry = mid1 + (low >> 64);
            var carry2 = mid2 + (ulong)carry;
            return new UInt256(high + (carry >> 64) + (carry2 >> 64), (carry2 << 64) | (ulong)low);
        }
    }

    /// <summary>Floor of this / 2^<paramref name="bits"/>, for any count of 0 or more.</summary>
    internal UInt256 ShiftRight(int bits)
    {
        if (bits == 0) return this;
        if (bits >= 256) return default;
        return bits >= 128
            ? new UInt256(0, Hi >> (bits - 128))
            : new UInt256(Hi >> bits, (Lo >> bits) | (Hi << (128 - bits)));
    }

    /// <summary>True when a bit below 2^<paramref name="bits"/> (0..128) is set: what <see cref="ShiftRight"/> drops.</summary>
    internal bool HasBitsBelow(int bits) => bits != 0 && Lo << (128 - bits) != 0;

    /// <exception cref="OverflowException">The value needs more than 128 bits.</exception>
    internal UInt128 ToUInt128()
        => Hi == 0 ? Lo : throw new OverflowException("quantity-overflow: an exact result exceeds 128 bits; check the amounts and ratios given.");
}
