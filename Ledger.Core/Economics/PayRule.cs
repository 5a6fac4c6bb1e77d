namespace Ledger.Core.Economics;

/// <summary>
/// The pay factor φ of the ratio ρ = V/V* as the analysis sees it: a real function on [0, 1]. The payout itself is computed in integers elsewhere.
/// </summary>
public sealed record PayRule
{
    private PayRule(double theta, double k, bool isStrict) => (Theta, K, IsStrict) = (theta, k, isStrict);

    /// <summary>φ = 1 if ρ = 1, else 0: the paper's rule.</summary>
    public static PayRule Strict { get; } = new(1, 1, isStrict: true);

    public bool IsStrict { get; }

    /// <summary>The ratio below which nothing is paid.</summary>
    public double Theta { get; }

    /// <summary>The steepness above it.</summary>
    public double K { get; }

    /// <summary>φ = ((ρ − θ)/(1 − θ))ᵏ above θ, else 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">θ outside [0, 1) or k not positive.</exception>
    public static PayRule Graded(double theta, double k)
    {
        if (theta is not (>= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(theta), theta, "Theta is at least 0 and below 1.");
        if (k is not (> 0 and < double.PositiveInfinity)) throw new ArgumentOutOfRangeException(nameof(k), k, "The steepness is positive and finite.");
        return new PayRule(theta, k, isStrict: false);
    }

    public double Factor(double ratio)
    {
        if (ratio >= 1) return 1;
        return IsStrict || ratio <= Theta ? 0 : Math.Pow((ratio - Theta) / (1 - Theta), K);
    }
}
