using System.Numerics;

namespace Ledger.Core.Quantities;

/// <summary>Finds one of many values by its rank, without sorting them all.</summary>
internal static class Selection
{
    // Fewer are sorted at once.
    private const int FewValues = 64;

    /// <summary>The value at a rank from the largest down, counted from 1. Leaves the values in another order.</summary>
    /// <remarks>Each round keeps one side of a pivot, half of the values on average; values that defeat the pivots are sorted after a bounded number of rounds.</remarks>
    public static UInt128 Largest(Span<UInt128> values, int rank)
    {
        for (var rounds = 2 * BitOperations.Log2((uint)values.Length); rounds > 0 && values.Length > FewValues; rounds--)
        {
            var pivot = Middle(values[0], values[values.Length / 2], values[^1]);
            int above = 0, below = values.Length;
            for (var i = 0; i < below;)
            {
                var value = values[i];
                if (value > pivot)
                {
                    values[i++] = values[above];
                    values[above++] = value;
                }
                else if (value < pivot)
                {
                    values[i] = values[--below];
                    values[below] = value;
                }
                else
                {
                    i++;
                }
            }

            if (rank > above && rank <= below) return pivot;
            if (rank <= above)
            {
                values = values[..above];
            }
            else
            {
                values = values[below..];
                rank -= below;
            }
        }

        values.Sort();
        return values[^rank];
    }

    private static UInt128 Middle(UInt128 a, UInt128 b, UInt128 c) => UInt128.Max(UInt128.Min(a, b), UInt128.Min(UInt128.Max(a, b), c));
}
