using MathNet.Numerics.Optimization;

namespace Ledger.Core.Economics;

/// <summary>The largest value of a function of one variable that may jump or have several peaks.</summary>
internal static class ScalarSearch
{
    private const int Cells = 2048;
    private const double RoundingSlack = 1e-12;

    /// <summary>
    /// Every grid point and both ends are tried; the best peak is then refined by golden section within its two cells.
    /// Where an end is best, its cell is searched once more with a grid of its own: a peak just beside the end hides there.
    /// </summary>
    internal static (double At, double Value) Maximum(Func<double, double> f, double from, double to)
    {
        var found = MaximumOnGrid(f, from, to);
        var cell = (to - from) / Cells;
        if (found.At != from && found.At != to) return found;
        var beside = found.At == from ? MaximumOnGrid(f, from, from + cell) : MaximumOnGrid(f, to - cell, to);
        return beside.Value > found.Value ? beside : found;
    }

    private static (double At, double Value) MaximumOnGrid(Func<double, double> f, double from, double to)
    {
        var step = (to - from) / Cells;
        int best = 0;
        var values = new double[Cells + 1];
        for (var i = 0; i <= Cells; i++)
        {
            values[i] = f(Point(i));
            if (values[i] > values[best]) best = i;
        }

        var found = (At: Point(best), Value: values[best]);
        // On a plateau (up to rounding) or at an end there is no bracket, and nothing to refine.
        if (best is 0 or Cells || Math.Max(values[best - 1], values[best + 1]) > found.Value - RoundingSlack) return found;
        // The method may step outside its bracket; the function is not defined outside the range.
        var peak = GoldenSectionMinimizer.Minimum(ObjectiveFunction.ScalarValue(x => -f(Inside(x))), Point(best - 1), Point(best + 1), 1e-10, 200);
        var at = Inside(peak.MinimizingPoint);
        var refined = f(at);
        return refined > found.Value ? (at, refined) : found;

        double Point(int i) => i == Cells ? to : from + (i * step);

        double Inside(double x) => Math.Clamp(x, from, to);
    }
}
