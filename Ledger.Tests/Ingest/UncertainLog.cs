using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Projections.EventLog;
using Ledger.Tests.Support;

namespace Ledger.Tests.Ingest;

/// <summary>A log whose appends to a stream succeed while their answers may be lost, as when the connection to a store breaks at the commit.</summary>
internal sealed class UncertainLog(IEventLog inner) : WrappedLog(inner)
{
    public bool LosesAnswers { get; set; }

    /// <summary>How often somebody asked for an event, not only for its place.</summary>
    public int EventsRead { get; private set; }

    public override async ValueTask<StreamAppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancel = default)
    {
        StreamAppendResult result = await base.AppendAsync(stream, expected, events, cancel);
        return LosesAnswers ? throw new LogFaultException("commit-unknown", "the connection broke at the commit") : result;
    }

    public override ValueTask<RecordedEvent?> FindAsync(EventId id, CancellationToken cancel = default)
    {
        EventsRead++;
        return base.FindAsync(id, cancel);
    }
}
