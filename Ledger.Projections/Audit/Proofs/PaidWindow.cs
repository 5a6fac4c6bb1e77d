using Ledger.Core.Identity;
using Ledger.Core.Payouts;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows;

namespace Ledger.Projections.Audit.Proofs;

/// <summary>What a window paid, as far as a proof needs it.</summary>
/// <param name="Window">The UTC day.</param>
/// <param name="Settlement">Where its earnings are claimed.</param>
/// <param name="Payees">Everything ever earned, this window included.</param>
/// <param name="Statement">Its statement.</param>
/// <param name="Names">The names that both count by.</param>
public sealed record PaidWindow(Day Window, SettlementRules Settlement, Payees Payees, RewardStatement Statement, NameTable Names)
{
    /// <summary>What a replay of the window says.</summary>
    public static PaidWindow Of(WindowReplay replay) => new(
        replay.Close.Window,
        replay.Close.Open.Ruleset.Settlement,
        replay.Close.Result.Next.Payees,
        replay.Close.Result.Statement,
        replay.Close.Context.Directory.Names);
}
