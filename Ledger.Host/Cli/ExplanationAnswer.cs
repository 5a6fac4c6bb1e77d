using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Projections.Audit;

namespace Ledger.Host.Cli;

/// <summary>An account's window as JSON: everything.</summary>
internal static class ExplanationAnswer
{
    public static object Of(AccountExplanation e) => new
    {
        e.Account,
        e.Window,
        e.IsFinal,
        e.Events,
        e.Pairs,
        e.PointsMicro,
        e.TeamPointsMicro,
        e.Poa,
        poc = e.Poc is null ? null : Poc(e.Poc),
        lines = e.Lines.Select(l => new { rule = l.Rule.Code(), l.Amount }),
        total = Total(e),
        e.Cumulative,
        e.Wallet,
    };

    /// <summary>The sum of the account's lines.</summary>
    public static TokenAmount Total(AccountExplanation e) => e.Lines.Aggregate(TokenAmount.Zero, (sum, line) => sum + line.Amount);

    private static object Poc(PocExplanation poc)
    {
        PocEntrant entrant = poc.Entrant;
        BaseCoefficient parts = entrant.Coefficient;
        return new
        {
            entrant.Level,
            entrant.TrailingMicro,
            beta = parts.Beta,
            dimensions = new
            {
                production = Q32.FromRaw(parts.Production),
                vertical = Q32.FromRaw(parts.Vertical),
                broadcast = Q32.FromRaw(parts.Broadcast),
                interaction = Q32.FromRaw(parts.Interaction),
                fans = Q32.FromRaw(parts.Fans),
            },
            entrant.ContributionMicro,
            entrant.ScoreMicro,
            entrant.Chance,
            prize = TokenAmount.FromBaseUnits(entrant.Prize),
            paid = TokenAmount.FromBaseUnits(entrant.Paid),
            entrant.Won,
            group = new { index = entrant.Group, poc.Group.Size, pool = TokenAmount.FromBaseUnits(poc.Group.Pool), spread = TokenAmount.FromBaseUnits(poc.Group.Spread) },
            poc.Rivals,
        };
    }
}
