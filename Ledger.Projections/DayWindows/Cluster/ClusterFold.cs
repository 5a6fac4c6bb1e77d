using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Kernels;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows.Live;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows.Cluster;

/// <summary>Makes a window's sheet of the parts that the cluster's machines store, this one among them, and keeps up with the parts of open windows that live here.</summary>
/// <remarks>
/// It asks nobody: the driver does. A window that is closed in the log and whose parts are forgotten is folded here alone,
/// which is how a machine that joins late gets through the history.
/// </remarks>
/// <param name="local">Folds out of the log, the ledger's, on this machine.</param>
/// <param name="live">Folds open windows on this machine while they fill.</param>
/// <param name="folder">Folds parts on this machine.</param>
/// <param name="sheets">Where parts are.</param>
/// <param name="log">The ledger's log.</param>
/// <param name="clock">When what lives here has settled; no result depends on it.</param>
public sealed class ClusterFold(WindowFold local, LiveFold live, PartFolder folder, ISheetStore sheets, IEventLog log, TimeProvider clock) : IOpenFold, IPartFold
{
    /// <summary>Parts of a window: enough to share among many machines, few enough that each is worth a reading of the log.</summary>
    public const int PartCount = 16;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // A member that is restarted gives its parts away and gets some back: what the others keep up with must not begin anew twice for that.
    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(5);

    private WindowParts _followed;
    private (WindowParts Parts, long At) _placed;

    /// <inheritdoc/>
    public async Task<ContributionSheet> FoldAsync(FoldContext context, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        folder.Begin(context, this);
        long looked = context.SealedAt;
        try
        {
            while (true)
            {
                IReadOnlySet<int> held = await sheets.HeldAsync(context.Window, context.SealedAt, cancel).ConfigureAwait(false);
                progress?.Report(held.Count * 1000 / PartCount);
                if (held.Count == PartCount && await MergeAsync(context, cancel).ConfigureAwait(false) is { } sheet) return sheet;
                long head = log.Head;
                if (IsClosed(context.Window, looked, head, cancel)) return await local.FoldAsync(context, progress, cancel).ConfigureAwait(false);
                looked = head;
                await Task.Delay(Pause, cancel).ConfigureAwait(false);
            }
        }
        finally
        {
            folder.End();
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<int, SheetMerge>> FoldPartsAsync(FoldContext context, WindowParts parts, CancellationToken cancel = default)
    {
        IReadOnlyDictionary<int, SheetMerge> kept = await live.FoldPartsAsync(context, parts, null, cancel).ConfigureAwait(false);
        WindowParts missing = parts.Without(WindowParts.Of(parts.Count, kept.Keys));
        if (missing.IsEmpty) return kept;
        IReadOnlyDictionary<int, SheetMerge> read = await local.FoldPartsAsync(context, missing, cancel).ConfigureAwait(false);
        return new Dictionary<int, SheetMerge>(kept.Concat(read));
    }

    /// <inheritdoc/>
    Task IOpenFold.FollowAsync(IReadOnlyList<ActivityScope> open, long to, CancellationToken cancel)
    {
        WindowParts placed = folder.Placed;
        if (placed != _placed.Parts) _placed = (placed, clock.GetTimestamp());
        if (_followed.IsEmpty || clock.GetElapsedTime(_placed.At) >= SettledAfter) _followed = placed;
        return live.FollowAsync(open, _followed, to, cancel);
    }

    /// <inheritdoc/>
    Task<IReadOnlyList<ShardEvent>?> IOpenFold.ActivityAsync(Day window, int account, long before, CancellationToken cancel) => Task.FromResult<IReadOnlyList<ShardEvent>?>(null);

    /// <summary>The sheet, or null when a part was forgotten while the others were read.</summary>
    private async Task<ContributionSheet?> MergeAsync(FoldContext context, CancellationToken cancel)
    {
        SheetMerge sheet = new(context);
        for (int part = 0; part < PartCount; part++)
        {
            if (await sheets.ReadAsync(new PartKey(context.Window, context.SealedAt, part), cancel).ConfigureAwait(false) is not { } bytes) return null;
            sheet.Add(bytes.AsSpan());
        }

        return sheet.ToSheet();
    }

    /// <summary>Whether the window's close stands in a stretch of the log behind its seal.</summary>
    private bool IsClosed(Day window, long from, long to, CancellationToken cancel) =>
        log.ReadBlocks(from, to, new BlockRequest(Rows: true, Columns: false), cancel).Any(block => block.Rows.Any(row => row.Payload is WindowClosed closed && closed.Window == window));
}
