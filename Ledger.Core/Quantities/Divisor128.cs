namespace Ledger.Core.Quantities;

/// <summary>
/// Exact division of 256-bit numbers by one 128-bit divisor, prepared once and used many times.
/// The method is division by multiplication with a precomputed reciprocal:
/// N. Möller, T. Granlund, "Improved division by invariant integers", IEEE Trans. Computers 60 (2011), algorithms 5 and 6.
/// A division costs a handful of multiplications, which is what lets a pool be divided among millions.
/// </summary>
internal readonly struct Divisor128
{
    private readonly ulong _d1, _d0, _reciprocal;
    private readonly int _shift;

    internal Divisor128(UInt128 divisor)
    {
        if (divisor == 0) throw new DivideByZeroException();
        Value = divisor;
        _shift = (int)UInt128.LeadingZeroCount(divisor);
        // Shifted so that the top bit is set, also for small divisors: one path for all of them.
        var normalized = divisor << _shift;
        unchecked
        {
            _d1 = (ulong)(normalized >> 64);
            _d0 = (ulong)normalized;
            _reciprocal = Reciprocal(_d1, _d0);
        }
    }

    internal UInt128 Value { get; }

    /// <summary>Quotient rounded down and remainder of <paramref name="dividend"/>.</summary>
    /// <exception cref="OverflowException">The quotient needs more than 128 bits.</exception>
    internal UInt128 DivRem(UInt256 dividend, out UInt128 remainder)
    {
        if (dividend.Hi >= Value)
            throw new OverflowException("quantity-overflow: a quotient exceeds 128 bits; check the amounts and ratios given.");
        unchecked
        {
            var hi = _shift == 0 ? dividend.Hi : (dividend.Hi << _shift) | (dividend.Lo >> (128 - _shift));
            var lo = dividend.Lo << _shift;
            var q1 = Step(hi, (ulong)(lo >> 64), out var rest);
            var q0 = Step(rest, (ulong)lo, out rest);
            remainder = rest >> _shift;
            return new UInt128(q1, q0);
        }
    }

    /// <summary>Algorithm 5: three words by two. Requires upper &lt; divisor.</summary>
    private ulong Step(UInt128 upper, ulong next, out UInt128 remainder)
    {
        unchecked
        {
            var d = new UInt128(_d1, _d0);
            ulong u2 = (ulong)(upper >> 64), u1 = (ulong)upper;
            var q = new UInt128(Math.BigMul(_reciprocal, u2, out var low), low) + upper;
            ulong q1 = (ulong)(q >> 64), q0 = (ulong)q;
            var r1 = u1 - (q1 * _d1);
            var t = new UInt128(Math.BigMul(_d0, q1, out var t0), t0);
            var r = new UInt128(r1, next) - t - d;
            q1++;
            if ((ulong)(r >> 64) >= q0)
            {
                q1--;
                r += d;
            }

            if (r >= d)
            {
                q1++;
                r -= d;
            }

            remainder = r;
            return q1;
        }
    }

    /// <summary>Algorithm 6: floor((2^192 − 1) / d) − 2^64.</summary>
    private static ulong Reciprocal(ulong d1, ulong d0)
    {
        unchecked
        {
            var v = (ulong)(UInt128.MaxValue / d1);
            var p = (d1 * v) + d0;
            if (p < d0)
            {
                v--;
                if (p >= d1)
                {
                    v--;
                    p -= d1;
                }

                p -= d1;
            }

            var t1 = Math.BigMul(v, d0, out var t0);
            p += t1;
            if (p < t1)
            {
                v--;
                if (new UInt128(p, t0) >= new UInt128(d1, d0)) v--;
            }

            return v;
        }
    }
}
