using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Kernels;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows.ByAccount;

/// <summary>One account's activity of a window, in log order, as the fold sees it, and the ids of its events.</summary>
/// <param name="Events">The events.</param>
/// <param name="Ids">The id of each.</param>
public sealed record AccountActivity(IReadOnlyList<ShardEvent> Events, IReadOnlyList<EventId> Ids)
{
    /// <summary>Reads it out of the log, all of the window for the one account; what an activity file gives must be the same.</summary>
    public static AccountActivity Collect(IEventLog log, FoldContext context, int account, CancellationToken cancel)
    {
        ActivityScope scope = ActivityScope.Of(context);
        List<ShardEvent> events = [];
        ActivityColumns scratch = new();
        List<long> columnar = [];
        Dictionary<long, EventId> ids = [];
        foreach (LogBlock block in log.ReadBlocks(context.OpenedAt, context.SealedAt, new BlockRequest(Rows: true, Columns: true, context.Window), cancel))
        {
            ActivityColumns merged = scope.MergeRows(block, context.SealedAt, scratch);
            for (int i = 0; i < merged.Count; i++)
            {
                if (merged.Account[i] != account) continue;
                events.Add(ShardEvent.From(merged, i));
                if (((EventKind)merged.Kind[i]).IsColumnar()) columnar.Add(merged.Position[i]);
            }

            foreach (RecordedEvent e in block.Rows.Where(e => e.Payload is ActivityPayload)) ids[e.Position] = e.Event.Id;
        }

        foreach ((long position, EventId id) in columnar.Zip(log.IdsAt(columnar))) ids[position] = id;
        return new AccountActivity(events, [.. events.Select(e => ids[e.Position])]);
    }
}
