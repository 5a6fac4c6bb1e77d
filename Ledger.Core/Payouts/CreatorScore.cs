using Ledger.Core.Contributions;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;

namespace Ledger.Core.Payouts;

/// <summary>What a creator's window is worth: base coefficient, contribution and score (reward rules R4).</summary>
public static class CreatorScore
{
    /// <summary>β of a sheet row, given the concentration of its posts.</summary>
    /// <param name="rules">The ruleset's POC section.</param>
    /// <param name="sheet">The window's sheet.</param>
    /// <param name="row">The creator's row.</param>
    /// <param name="topPosts">Posts in its largest category over the trailing windows.</param>
    /// <param name="allPosts">Posts over the trailing windows.</param>
    public static BaseCoefficient Coefficient(PocRules rules, ContributionSheet sheet, int row, ulong topPosts, ulong allPosts) => new(
        Part(rules.Production, ((UInt128)sheet.Posts[row] * rules.MinutesPerPost) + sheet.BroadcastMinutes[row], rules.MinutesPerPost),
        allPosts == 0 ? 0 : Part(rules.Vertical, (UInt128)topPosts * BasisPoints.Whole, allPosts),
        Part(rules.Broadcast, sheet.BroadcastMinutes[row], 1),
        Part(rules.Interaction, sheet.OwnReplies[row], 1),
        Part(rules.Fans, (UInt128)Math.Max(0, sheet.NetFollowers[row]), 1));

    /// <summary>c of a sheet row: weight times distinct accounts over what it received, µpoints.</summary>
    public static long Contribution(ContributionWeights w, ContributionSheet sheet, int row) =>
        (w.VisitMicro * sheet.Viewers[row]) + (w.LikeMicro * sheet.Likers[row]) + (w.CommentMicro * sheet.Commenters[row])
        + (w.TipMicro * sheet.Tippers[row]) + (w.ShareMicro * sheet.Sharers[row]);

    /// <summary>floor(c · β), µpoints.</summary>
    public static long Of(long contributionMicro, Q32 beta) => (long)beta.FloorOf((UInt128)contributionMicro);

    /// <summary>floor(2³² · w · min(1, value / (reference · unit))): one division, so one rounding.</summary>
    private static ulong Part(Dimension dimension, UInt128 value, ulong unit)
    {
        UInt128 full = (UInt128)dimension.Reference * unit;
        UInt128 part = UInt128.Min(value, full) * (UInt128)dimension.Weight.Value;
        return (ulong)((part << Q32.FractionBits) / (full * BasisPoints.Whole));
    }
}
