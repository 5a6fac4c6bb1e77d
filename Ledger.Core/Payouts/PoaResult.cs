using Ledger.Core.Quantities;

namespace Ledger.Core.Payouts;

/// <summary>What POA did in a window: a row per team, and who got what.</summary>
/// <remarks>Rows stand in the order of their heads' ids, lines in the order of their accounts' ids.</remarks>
public sealed class PoaResult
{
    /// <summary>The provider of a team, or the account alone, as ordinals.</summary>
    public required int[] Head { get; init; }

    /// <summary>Index into the roster, or −1 for an account alone.</summary>
    public required int[] Team { get; init; }

    /// <summary>N: people in the team, the provider included.</summary>
    public required int[] Size { get; init; }

    /// <summary>V, Q32: Σ √e over the people. V* is Size · 2³¹.</summary>
    public required ulong[] Output { get; init; }

    /// <summary>The team's part of the pool, base units.</summary>
    public required UInt128[] Entitlement { get; init; }

    /// <summary>φ, Q32, 0 to 1.</summary>
    public required ulong[] Factor { get; init; }

    /// <summary>floor(entitlement · φ), base units.</summary>
    public required UInt128[] Paid { get; init; }

    /// <summary>Accounts paid, as ordinals; one line each, all positive.</summary>
    public required int[] LineAccount { get; init; }

    public required PayoutRule[] LineRule { get; init; }

    /// <summary>Base units.</summary>
    public required UInt128[] LineAmount { get; init; }

    /// <summary>Sum over the lines.</summary>
    public required TokenAmount Total { get; init; }

    /// <summary>V* of a row, Q32.</summary>
    public ulong Optimum(int row) => PoaRule.Optimum(Size[row]);

    /// <summary>ρ = V/V* of a row, rounded down.</summary>
    public Q32 Ratio(int row) => Q32.FromRatio(Output[row], Optimum(row));

    /// <summary>The row of a roster's team, or of an account alone; −1 when it took no part.</summary>
    public int RowOf(int account, int team)
    {
        for (int row = 0; row < Head.Length; row++)
        {
            if (team >= 0 ? Team[row] == team : Team[row] < 0 && Head[row] == account) return row;
        }

        return -1;
    }
}
