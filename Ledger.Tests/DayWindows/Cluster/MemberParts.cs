using Ledger.Core.Contributions;
using Ledger.Core.Kernels;
using Ledger.Core.Merkle;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.Cluster;

namespace Ledger.Tests.DayWindows.Cluster;

/// <summary>What a cluster's members store of a sealed window, folded here.</summary>
internal static class MemberParts
{
    /// <summary>All parts, by their numbers.</summary>
    public static async Task<FoldedPart[]> FoldAsync(WindowFold fold, FoldContext context, long term)
    {
        IReadOnlyDictionary<int, SheetMerge> folded = await fold.FoldPartsAsync(context, WindowParts.Of(ClusterFold.PartCount, Enumerable.Range(0, ClusterFold.PartCount)));
        return [.. folded.OrderBy(part => part.Key).Select(part =>
        {
            (byte[] bytes, Digest digest) = part.Value.ToPart();
            return new FoldedPart(new PartKey(context.Window, context.SealedAt, part.Key), term, bytes, digest);
        })];
    }
}
