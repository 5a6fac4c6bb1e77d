using Ledger.Core.Quantities;

namespace Ledger.Core.Payouts;

/// <summary>A creator's base coefficient, dimension by dimension: each part is w_d · min(1, value/reference), Q32.</summary>
public readonly record struct BaseCoefficient(ulong Production, ulong Vertical, ulong Broadcast, ulong Interaction, ulong Fans)
{
    /// <summary>β = 1 + the five parts; from 1 to 2.</summary>
    public Q32 Beta => Q32.FromRaw(Q32.One.Raw + Production + Vertical + Broadcast + Interaction + Fans);
}

/// <summary>A creator's way through POC in one window.</summary>
/// <param name="Account">Who, as an ordinal.</param>
/// <param name="Level">The level it competed in.</param>
/// <param name="TrailingMicro">The moving average that placed it in its group, µpoints.</param>
/// <param name="Coefficient">β by dimension.</param>
/// <param name="ContributionMicro">c, µpoints.</param>
/// <param name="ScoreMicro">floor(c · β), µpoints.</param>
/// <param name="Group">Index of its group.</param>
/// <param name="Chance">p, rounded down.</param>
/// <param name="Prize">W_w or its part of W_w and the spread, base units; not paid when the score is 0.</param>
/// <param name="Won">Whether it rises.</param>
public readonly record struct PocEntrant(
    int Account, uint Level, long TrailingMicro, BaseCoefficient Coefficient, long ContributionMicro, long ScoreMicro, int Group, Q32 Chance, UInt128 Prize, bool Won)
{
    /// <summary>What it earned: a zero score earns nothing.</summary>
    public UInt128 Paid => ScoreMicro > 0 ? Prize : 0;
}

/// <summary>One group of competing creators.</summary>
/// <param name="Level">Their level.</param>
/// <param name="Size">How many.</param>
/// <param name="Pool">P, base units.</param>
/// <param name="Spread">W_m − W_w: the part that rank decides, base units.</param>
public readonly record struct PocGroup(uint Level, int Size, UInt128 Pool, UInt128 Spread);

/// <summary>What POC did in a window.</summary>
/// <param name="Entrants">In the order of their ids.</param>
/// <param name="Groups">By level, then strongest first.</param>
/// <param name="Total">Sum over what the entrants earned.</param>
/// <param name="Standings">Every creator's standing after the window.</param>
public sealed record PocResult(PocEntrant[] Entrants, PocGroup[] Groups, TokenAmount Total, CreatorBook Standings)
{
    /// <summary>The members of a group, as indices into <see cref="Entrants"/>.</summary>
    public int[] Members(int group) => [.. Enumerable.Range(0, Entrants.Length).Where(i => Entrants[i].Group == group)];
}
