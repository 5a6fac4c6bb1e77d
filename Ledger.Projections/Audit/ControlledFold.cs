using System.Collections.Concurrent;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Kernels;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.Audit;

/// <summary>Folds a window and counts its events besides, by account and kind: each must have been judged once.</summary>
/// <remarks>
/// The count reads the log's columns itself and shares nothing with the fold behind them: no dealing, no slices, no shards, no restarts.
/// </remarks>
internal sealed class ControlledFold(WindowFold fold, IEventLog log) : IWindowFold
{
    // What one core counts at a time.
    private const long RangeEvents = 1 << 18;

    /// <summary>Events of all windows folded so far.</summary>
    public long Events { get; private set; }

    /// <inheritdoc/>
    public async Task<ContributionSheet> FoldAsync(FoldContext context, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        int names = log.Names.Count;
        ControlCounts judged = new(names);
        ContributionSheet sheet = await fold.FoldAsync(context, judged, progress, cancel).ConfigureAwait(false);
        Events += Require(context, Held(context, names, cancel), judged, sheet);
        return sheet;
    }

    /// <summary>Ends with the first account and kind that differ; gives how many events there are.</summary>
    internal static long Require(FoldContext context, ControlCounts held, ControlCounts judged, ContributionSheet sheet)
    {
        if (held.FirstNotIn(judged) is var (account, kind))
        {
            string who = context.Directory.Names.Text(account);
            throw new LogFaultException("events-miscounted", kind == EventKind.None
                ? $"window {context.Window}: account {who} has {held.Of(account)} events and {judged.Of(account, kind)} verdicts"
                : $"window {context.Window}: account {who} has {held.Of(account, kind)} {EventCatalogue.Name(kind)} events in the log, {judged.Of(account, kind)} were judged");
        }

        long events = held.Total();
        ulong verdicts = sheet.Verdicts.Aggregate(0UL, (sum, count) => sum + count);
        if ((ulong)events != verdicts) throw new LogFaultException("events-miscounted", $"window {context.Window} has {events} events, its sheet {verdicts} verdicts");
        return events;
    }

    private ControlCounts Held(FoldContext context, int names, CancellationToken cancel)
    {
        int ranges = (int)((context.SealedAt - context.OpenedAt + RangeEvents - 1) / RangeEvents);
        ConcurrentBag<ControlCounts> idle = [];
        AllCores.Pieces(ranges, range =>
        {
            ControlCounts counts = idle.TryTake(out ControlCounts? used) ? used : new ControlCounts(names);
            long from = context.OpenedAt + (range * RangeEvents);
            foreach (LogBlock block in log.ReadBlocks(from, Math.Min(from + RangeEvents, context.SealedAt), new BlockRequest(Rows: true, Columns: true, context.Window), cancel))
                Count(block, context.Window, counts);
            idle.Add(counts);
        });
        ControlCounts all = new(names);
        foreach (ControlCounts counts in idle) all.Add(counts);
        return all;
    }

    private void Count(LogBlock block, Day window, ControlCounts counts)
    {
        counts.Count(block.Activity.Account.AsSpan(0, block.Activity.Count), block.Activity.Kind.AsSpan(0, block.Activity.Count));
        foreach (RecordedEvent row in block.Rows)
        {
            if (row.Payload is ActivityPayload activity && row.Event.Window == window) counts.Count([log.Names.Find(activity.Actor.Value)], [(byte)activity.Kind]);
        }
    }
}
