using System.Collections.Concurrent;
using Akka.Actor;
using Ledger.Core.Contributions;
using Ledger.Core.Kernels;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;
using Directory = System.IO.Directory;

namespace Ledger.Projections.DayWindows.Live;

/// <summary>Folds open windows while they fill: a close finishes the tail, and what the day comes to so far is told without reading it again.</summary>
/// <remarks>
/// The sheet is bit for bit that of the fold that reads the log, which also does every window that is not kept up with. Members may be called from any thread.
/// </remarks>
/// <param name="actors">Where shards are made.</param>
/// <param name="log">The log.</param>
/// <param name="replay">Folds out of the log.</param>
/// <param name="directory">Folder of the snapshots, this process's own.</param>
/// <param name="options">How.</param>
public sealed class LiveFold(IActorRefFactory actors, IEventLog log, IWindowFold replay, string directory, LiveOptions options) : IOpenFold, IAsyncDisposable
{
    /// <summary>How many open windows are kept up with: a day, and the one before it while late events are waited for.</summary>
    public const int WindowsMax = 2;

    private const string Extension = ".live";

    private readonly ConcurrentDictionary<Day, LiveWindow> _windows = new();

    /// <inheritdoc/>
    public async Task<ContributionSheet> FoldAsync(FoldContext context, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        IReadOnlyDictionary<int, SheetMerge> whole = await FoldPartsAsync(context, WindowParts.Whole, progress, cancel).ConfigureAwait(false);
        return whole.Count == 1 ? whole[0].ToSheet() : await replay.FoldAsync(context, progress, cancel).ConfigureAwait(false);
    }

    /// <summary>Those of a sealed window's parts that are kept up with here; the others are left to the log.</summary>
    /// <param name="context">The window's facts and rules.</param>
    /// <param name="parts">Which parts, of as many as are followed.</param>
    /// <param name="progress">Told the share of the work done, in thousandths.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>Each of them by its number.</returns>
    internal async Task<IReadOnlyDictionary<int, SheetMerge>> FoldPartsAsync(FoldContext context, WindowParts parts, IProgress<int>? progress, CancellationToken cancel)
    {
        if (_windows.TryGetValue(context.Window, out LiveWindow? live) && live.OpenedAt == context.OpenedAt && live.Parts.Count == parts.Count)
        {
            try
            {
                if (await live.FoldPartsAsync(context, parts.And(live.Parts), progress, cancel).ConfigureAwait(false) is { } sheets) return sheets;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                await ForgetAsync(context.Window, live).ConfigureAwait(false); // the log says the same
            }
        }

        return new Dictionary<int, SheetMerge>();
    }

    /// <summary>Where a window is kept up to; null when it is not kept up with.</summary>
    public long? FollowedTo(Day window) => _windows.TryGetValue(window, out LiveWindow? live) ? live.FedTo : null;

    /// <summary>The parts that are kept up with, and up to where in the window that is furthest behind; null when no window is.</summary>
    public (WindowParts Parts, long To)? Following => _windows.Values.MinBy(live => live.FedTo) is { } last ? (last.Parts, last.FedTo) : null;

    /// <summary>Brings some parts of open windows up to a position, and lets go of all others; parts other than before begin anew. Not for two callers at once.</summary>
    /// <param name="open">The open windows.</param>
    /// <param name="parts">The parts of each.</param>
    /// <param name="to">The position.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="IOException">The disk does not take a snapshot.</exception>
    /// <exception cref="LogFaultException">The log is damaged, or a shard keeps failing.</exception>
    internal async Task FollowAsync(IReadOnlyList<ActivityScope> open, WindowParts parts, long to, CancellationToken cancel)
    {
        List<ActivityScope> wanted = parts.IsEmpty ? [] : [.. open.OrderBy(scope => scope.Window.Number).TakeLast(WindowsMax)];
        foreach ((Day window, LiveWindow live) in _windows)
        {
            if (live.Parts != parts || !wanted.Exists(scope => scope.Window == window && scope.OpenedAt == live.OpenedAt)) await ForgetAsync(window, live).ConfigureAwait(false);
        }

        foreach (ActivityScope scope in wanted)
        {
            if (!_windows.TryGetValue(scope.Window, out LiveWindow? live))
            {
                DeleteOthers(wanted);
                live = await LiveWindow.OpenAsync(actors, log, options, scope, parts, PathOf(scope.Window), to, cancel).ConfigureAwait(false);
                _windows[scope.Window] = live;
            }

            try
            {
                await live.FeedAsync(to, cancel).ConfigureAwait(false);
            }
            catch
            {
                await DropAsync(scope.Window, live).ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <inheritdoc/>
    Task IOpenFold.FollowAsync(IReadOnlyList<ActivityScope> open, long to, CancellationToken cancel) => FollowAsync(open, WindowParts.Whole, to, cancel);

    /// <inheritdoc/>
    async Task<IReadOnlyList<ShardEvent>?> IOpenFold.ActivityAsync(Day window, int account, long before, CancellationToken cancel)
    {
        if (!_windows.TryGetValue(window, out LiveWindow? live) || live.Parts != WindowParts.Whole) return null;
        try
        {
            return await live.ActivityAsync(account, before, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await ForgetAsync(window, live).ConfigureAwait(false);
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach ((Day window, LiveWindow live) in _windows) await DropAsync(window, live).ConfigureAwait(false);
    }

    private string PathOf(Day window) => Path.Combine(directory, window + Extension);

    /// <summary>Its file stays: whoever opens it next takes what is whole in it.</summary>
    private async Task DropAsync(Day window, LiveWindow live)
    {
        if (_windows.TryRemove(KeyValuePair.Create(window, live))) await live.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Whatever is wrong with its snapshot, or when there is no use for it any more, it is made anew.</summary>
    private async Task ForgetAsync(Day window, LiveWindow live)
    {
        await DropAsync(window, live).ConfigureAwait(false);
        File.Delete(PathOf(window));
    }

    /// <summary>Deletes the snapshots of windows that are not kept up with: what an earlier process left behind.</summary>
    private void DeleteOthers(List<ActivityScope> wanted)
    {
        Directory.CreateDirectory(directory);
        foreach (string path in Directory.EnumerateFiles(directory, "*" + Extension))
        {
            if (!wanted.Exists(scope => PathOf(scope.Window) == path)) File.Delete(path);
        }
    }
}
