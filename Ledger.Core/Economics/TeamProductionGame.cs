using MathNet.Numerics.Differentiation;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;
using MathNet.Numerics.RootFinding;

namespace Ledger.Core.Economics;

/// <summary>
/// The team production game of white paper §4.3: N members choose efforts eᵢ, the output V = Σ √eᵢ is shared equally,
/// and a member's utility is V/N − eᵢ. Solved twice: by the closed forms and, knowing none of them, numerically.
/// </summary>
/// <remarks>
/// The numerical side works in xᵢ = √eᵢ, a member's contribution to the output: the payoffs are then smooth down to zero effort.
/// Analysis only, in <see cref="double"/>: no payout is computed here.
/// </remarks>
public static class TeamProductionGame
{
    /// <summary>Numerical and closed-form figures differ by at most this, relative to the larger of 1e-3 and the figure, for N up to 64.</summary>
    public const double Tolerance = 1e-8;

    private const double DerivativeStep = 1e-3;

    /// <summary>The paper's formulas. <paramref name="members"/> is at least 1.</summary>
    public static TeamProductionSolution ClosedForm(int members)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(members, 1);
        double n = members;
        return new TeamProductionSolution(
            members,
            OptimalEffort: 1.0 / 4,
            OptimalOutput: n / 2,
            NashEffort: 1 / (4 * n * n),
            NashOutput: 1.0 / 2,
            Loss: (n - 1) / 2,
            NashUtility: (1 / (2 * n)) - (1 / (4 * n * n)),
            NashUtilitySlope: (-1 / (2 * n * n)) + (1 / (2 * n * n * n)));
    }

    /// <summary>
    /// The same figures by computation: the common optimum with BFGS over all N efforts from an uneven start, the Nash equilibrium
    /// by best responses in turn until nobody moves, the slope in N by central differences of the equilibrium utility.
    /// </summary>
    public static TeamProductionSolution Numerical(int members)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(members, 1);
        var optimum = CommonOptimum(members);
        var nash = NashContributions(members);
        var nashOutput = nash.Sum();
        return new TeamProductionSolution(
            members,
            OptimalEffort: optimum.Average(x => x * x),
            OptimalOutput: optimum.Sum(),
            NashEffort: nash.Average(x => x * x),
            NashOutput: nashOutput,
            Loss: optimum.Sum() - nashOutput,
            NashUtility: Payoff(nashOutput - nash[0], nash[0], members),
            NashUtilitySlope: Derivative(SymmetricNashUtility, members, DerivativeStep * members));
    }

    private static double Payoff(double othersOutput, double x, double members) => ((othersOutput + x) / members) - (x * x);

    private static double[] CommonOptimum(int members)
    {
        var objective = ObjectiveFunction.Gradient(NegativeWelfare, Gradient);
        var start = Vector<double>.Build.Dense(members, i => 0.1 + (0.8 * i / members));
        return new BfgsMinimizer(1e-10, 1e-12, 1e-16, 1000).FindMinimum(objective, start).MinimizingPoint.ToArray();

        static double NegativeWelfare(Vector<double> x) => x.DotProduct(x) - x.Sum();

        static Vector<double> Gradient(Vector<double> point) => Vector<double>.Build.Dense(
            point.Count,
            i => Derivative(
                xi =>
                {
                    var moved = point.Clone();
                    moved[i] = xi;
                    return NegativeWelfare(moved);
                },
                point[i],
                DerivativeStep));
    }

    private static double[] NashContributions(int members)
    {
        var x = Enumerable.Range(0, members).Select(i => 0.1 + (0.8 * i / members)).ToArray();
        const int RoundsMax = 100;
        for (var round = 0; round < RoundsMax; round++)
        {
            var moved = 0.0;
            for (var i = 0; i < members; i++)
            {
                var response = BestResponse(x.Sum() - x[i], members);
                moved = Math.Max(moved, Math.Abs(response - x[i]));
                x[i] = response;
            }

            // Root finding is good to about 1e-12, so a smaller move is none.
            if (moved < 1e-11) return x;
        }

        throw new InvalidOperationException($"Best responses of {members} members did not settle in {RoundsMax} rounds.");
    }

    /// <summary>Where the payoff stops rising: the root of its numerical derivative over contributions from none to twice the common optimum.</summary>
    private static double BestResponse(double othersOutput, double members)
        => Brent.FindRoot(x => Derivative(y => Payoff(othersOutput, y, members), x, DerivativeStep), 0, 1, 1e-13, 200);

    /// <summary>The equilibrium utility with N read as a real number, which is what the paper differentiates.</summary>
    private static double SymmetricNashUtility(double members)
    {
        var x = 0.5;
        // Every member plays the same response; it does not depend on the others here, so two rounds settle it.
        for (var round = 0; round < 2; round++) x = BestResponse((members - 1) * x, members);
        return Payoff((members - 1) * x, x, members);
    }

    private static double Derivative(Func<double, double> f, double at, double step)
        => new NumericalDerivative(5, 2) { StepType = StepType.Absolute, StepSize = step }.EvaluateDerivative(f, at, 1);
}
