using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;
using Microsoft.Data.Sqlite;

namespace Ledger.Projections.ReadModels;

/// <summary>Up to where a view knows a log, and what it knows that log by.</summary>
/// <param name="Position">The first position that is not in the view.</param>
/// <param name="EventPosition">The last event that was applied; −1 for none.</param>
/// <param name="EventId">Its id.</param>
/// <param name="SealPosition">The seal of the last window that was closed; 0 for none.</param>
/// <param name="SealRoot">Root of the log tree over everything before that seal.</param>
internal readonly record struct Checkpoint(long Position, long EventPosition, EventId EventId, long SealPosition, Digest SealRoot)
{
    /// <summary>A view's checkpoint; null when the store has no such view, or one of another layout.</summary>
    public static Checkpoint? Read(SqliteConnection connection, ViewDefinition definition)
    {
        using SqliteStatement row = new(connection,
            "SELECT position, event_position, event_id, seal_position, seal_root FROM view WHERE name = ?1 AND layout = ?2");
        return row.Bind(1, definition.Name).Bind(2, definition.Layout).Step()
            ? new Checkpoint(row.Int64(0), row.Int64(1), EventId.FromBytes(row.Blob(2)), row.Int64(3), row.Digest(4))
            : null;
    }

    /// <summary>Whether it is of this log: the log has the event that was applied last and the history before the last close.</summary>
    public async ValueTask<bool> IsOfAsync(IEventLog log, CancellationToken cancel)
    {
        if (Position > log.Head || EventPosition >= log.Head || SealPosition > log.Head) return false;
        if (SealPosition > 0 && await log.LogRootAsync(SealPosition, cancel).ConfigureAwait(false) != SealRoot) return false;
        if (EventPosition < 0) return true;
        await foreach (RecordedEvent e in log.ReadAllAsync(EventPosition, cancel: cancel).ConfigureAwait(false)) return e.Event.Id == EventId;
        return false;
    }
}
