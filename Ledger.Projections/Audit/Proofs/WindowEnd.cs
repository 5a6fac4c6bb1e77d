using Ledger.Core.Events;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.Audit.Proofs;

/// <summary>How a window ended in the log.</summary>
/// <param name="Closed">Its <see cref="WindowClosed"/> event.</param>
/// <param name="Issued">Its <see cref="StatementIssued"/> event.</param>
internal sealed record WindowEnd(RecordedEvent Closed, RecordedEvent Issued)
{
    public WindowClosed Close => (WindowClosed)Closed.Payload;

    public StatementIssued Statement => (StatementIssued)Issued.Payload;

    /// <summary>The end of a window; null as long as it has none.</summary>
    public static async Task<WindowEnd?> FindAsync(IEventLog log, Day window, CancellationToken cancel)
    {
        RecordedEvent? closed = null, issued = null;
        await foreach (RecordedEvent e in log.ReadStreamAsync(StreamName.Window(window), 0, ReadDirection.Forwards, cancel))
        {
            if (e.Payload is WindowClosed) closed ??= e;
            if (e.Payload is StatementIssued) issued ??= e;
        }

        return closed is null || issued is null ? null : new WindowEnd(closed, issued);
    }
}
