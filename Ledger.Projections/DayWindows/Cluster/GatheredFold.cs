using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Kernels;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows.Live;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows.Cluster;

/// <summary>Makes a sealed window's sheet of the parts that the cluster's machines store; keeps up with open windows as its own fold does.</summary>
/// <remarks>
/// It asks nobody: the driver does. What no driver asks parts for is folded by its own fold: a window that is not sealed in the log but looked at
/// as if it were, and one that is closed in the log and whose parts are forgotten, which is how a machine that joins late gets through the history.
/// </remarks>
/// <param name="own">Folds on this machine.</param>
/// <param name="sheets">Where parts are.</param>
/// <param name="log">The ledger's log.</param>
public sealed class GatheredFold(LiveFold own, ISheetStore sheets, IEventLog log) : IOpenFold
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public async Task<ContributionSheet> FoldAsync(FoldContext context, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        if (!Says<WindowSealed>(context.SealedAt, context.SealedAt + 1, sealing => sealing.Window == context.Window, cancel))
            return await own.FoldAsync(context, progress, cancel).ConfigureAwait(false);
        long looked = context.SealedAt;
        while (true)
        {
            IReadOnlySet<int> held = await sheets.HeldAsync(context.Window, context.SealedAt, cancel).ConfigureAwait(false);
            progress?.Report(held.Count * 1000 / ClusterFold.PartCount);
            if (held.Count == ClusterFold.PartCount && await MergeAsync(context, cancel).ConfigureAwait(false) is { } sheet) return sheet;
            long head = log.Head;
            if (Says<WindowClosed>(looked, head, closed => closed.Window == context.Window, cancel)) return await own.FoldAsync(context, progress, cancel).ConfigureAwait(false);
            looked = head;
            await Task.Delay(Pause, cancel).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<Gathering?> GatheringAsync(Day window, long sealedAt, CancellationToken cancel = default)
    {
        int held = (await sheets.HeldAsync(window, sealedAt, cancel).ConfigureAwait(false)).Count;

        // Who asks this writes the log and has its ids at hand; a member, which only folds, reads rows instead of loading them.
        return held == ClusterFold.PartCount || await log.PositionOfAsync(RewardLedger.ClosedId(window), cancel).ConfigureAwait(false) >= 0
            ? null
            : new Gathering(window, held, ClusterFold.PartCount);
    }

    /// <inheritdoc/>
    Task IOpenFold.FollowAsync(IReadOnlyList<ActivityScope> open, long to, CancellationToken cancel) => ((IOpenFold)own).FollowAsync(open, to, cancel);

    /// <inheritdoc/>
    Task<IReadOnlyList<ShardEvent>?> IOpenFold.ActivityAsync(Day window, int account, long before, CancellationToken cancel) =>
        ((IOpenFold)own).ActivityAsync(window, account, before, cancel);

    /// <summary>The sheet, or null when a part was forgotten while the others were read.</summary>
    private async Task<ContributionSheet?> MergeAsync(FoldContext context, CancellationToken cancel)
    {
        SheetMerge sheet = new(context);
        for (int part = 0; part < ClusterFold.PartCount; part++)
        {
            if (await sheets.ReadAsync(new PartKey(context.Window, context.SealedAt, part), cancel).ConfigureAwait(false) is not { } bytes) return null;
            sheet.Add(bytes.AsSpan());
        }

        return sheet.ToSheet();
    }

    /// <summary>Whether a stretch of the log has a row of some kind that says something.</summary>
    private bool Says<T>(long from, long to, Func<T, bool> what, CancellationToken cancel) where T : EventPayload =>
        from < log.Head && log.ReadBlocks(from, to, new BlockRequest(Rows: true, Columns: false), cancel).Any(block => block.Rows.Any(row => row.Payload is T said && what(said)));
}
