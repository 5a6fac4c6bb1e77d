using Ledger.Core.Contributions;
using Ledger.Core.Kernels;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows.Live;

namespace Ledger.Projections.DayWindows.Cluster;

/// <summary>A machine's share of the cluster's folding: offers its parts of a sealed window, waits for all of them, and keeps up with the parts of open windows that live here.</summary>
/// <param name="gathered">Makes sheets of everybody's parts.</param>
/// <param name="local">Folds out of the log, the ledger's, on this machine.</param>
/// <param name="live">Folds open windows on this machine while they fill.</param>
/// <param name="folder">Folds parts on this machine.</param>
/// <param name="clock">When what lives here has settled; no result depends on it.</param>
public sealed class ClusterFold(GatheredFold gathered, WindowFold local, LiveFold live, PartFolder folder, TimeProvider clock) : IOpenFold, IPartFold
{
    /// <summary>Parts of a window: enough to share among many machines, few enough that each is worth a reading of the log.</summary>
    public const int PartCount = 16;

    // A member that is restarted gives its parts away and gets some back: what the others keep up with must not begin anew twice for that.
    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(5);

    private WindowParts _followed;
    private (WindowParts Parts, long At) _placed;

    /// <inheritdoc/>
    public async Task<ContributionSheet> FoldAsync(FoldContext context, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        folder.Begin(context, this);
        try
        {
            return await gathered.FoldAsync(context, progress, cancel).ConfigureAwait(false);
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
}
