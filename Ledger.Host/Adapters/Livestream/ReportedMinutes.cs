using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>A broadcast minute as it stands in the log.</summary>
/// <param name="Id">Its event.</param>
/// <param name="Account">Whose.</param>
/// <param name="Space">Where.</param>
/// <param name="Minute">Which.</param>
/// <param name="OccurredAt">Its producer's time.</param>
internal readonly record struct LoggedMinute(EventId Id, AccountId Account, SpaceId Space, long Minute, UnixMs OccurredAt);

/// <summary>Follows the log for what others say of broadcasts: minutes that an app posts, and broadcasts that another host began or ended.</summary>
internal sealed class ReportedMinutes(IEventLog log, LivestreamSettings settings, LivestreamStore store)
{
    private readonly List<LoggedMinute> _pending = [];

    /// <summary>The next position to read.</summary>
    public long Position { get; set; } = log.Head;

    /// <summary>Reads on to the log's end.</summary>
    /// <returns>The minutes, and the broadcasts' beginnings and ends, each in log order.</returns>
    public (List<LoggedMinute> Minutes, List<EventPayload> Broadcasts) Read(CancellationToken cancel)
    {
        List<LoggedMinute> minutes = [];
        List<EventPayload> broadcasts = [];
        long to = log.Head;
        if (to == Position) return (minutes, broadcasts);
        foreach (LogBlock block in log.ReadBlocks(Position, to, new BlockRequest(Rows: true, Columns: true), cancel))
        {
            broadcasts.AddRange(block.Rows.Select(r => r.Payload).Where(p => p is BroadcastStarted or BroadcastEnded));
            ActivityColumns columns = block.Activity;
            int[] rows = [.. Enumerable.Range(0, columns.Count).Where(i => (EventKind)columns.Kind[i] == EventKind.BroadcastMinute)];
            if (rows.Length == 0) continue;
            EventId[] ids = log.IdsAt([.. rows.Select(i => columns.Position[i])]);
            for (int i = 0; i < rows.Length; i++)
            {
                int row = rows[i];
                minutes.Add(new LoggedMinute(ids[i], new AccountId(log.Names.Text(columns.Account[row])), new SpaceId(log.Names.Text(columns.Target[row])), columns.Value[row], UnixMs.From(columns.OccurredAtMs[row])));
            }
        }

        Position = to;
        return (minutes, broadcasts);
    }

    /// <summary>Keeps the minutes that are not the adapter's own until they can be judged.</summary>
    public void Add(IEnumerable<LoggedMinute> minutes) =>
        _pending.AddRange(minutes.Where(m => settings.Servers.All(s => LiveEvents.MinuteId(s.Name, m.Space, m.Account, m.Minute) != m.Id)));

    /// <summary>The reported minutes that the servers contradict: they serve the space, were watched all through the minute, and no media of that account came.</summary>
    /// <param name="now">A minute is judged when another whole one has passed.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<List<BroadcastDisputed>> JudgeAsync(UnixMs now, CancellationToken cancel)
    {
        long last = (now.Value / 60_000) - 2;
        LoggedMinute[] due = [.. _pending.Where(m => m.Minute <= last)];
        if (due.Length == 0) return [];
        _pending.RemoveAll(m => m.Minute <= last);
        List<BroadcastDisputed> disputes = [];
        foreach (LoggedMinute m in due)
        {
            if (!store.Serves(m.Space) || !store.IsWatched(m.Minute) || await IsAttestedAsync(m, cancel)) continue;
            disputes.Add(new BroadcastDisputed(m.Space, m.Account, m.Minute, m.Id));
        }

        return disputes;
    }

    private async ValueTask<bool> IsAttestedAsync(LoggedMinute m, CancellationToken cancel)
    {
        foreach (MediaServer server in settings.Servers)
        {
            if (await log.PositionOfAsync(LiveEvents.MinuteId(server.Name, m.Space, m.Account, m.Minute), cancel) >= 0) return true;
        }

        return false;
    }
}
