using System.Globalization;
using Ledger.ChainBridge.Settlement;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;

namespace Ledger.Host.Adapters.Chain;

/// <summary>Settlement's journal is the ledger's log.</summary>
internal sealed class LogSettlementJournal(IEventLog log, TimeProvider clock) : ISettlementJournal
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<EventPayload> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel = default)
    {
        foreach (LogBlock block in log.ReadBlocks(0, log.Head, new BlockRequest(Rows: true, Columns: false), cancel))
        {
            foreach (RecordedEvent row in block.Rows)
            {
                if (row.Payload.Kind is >= EventKind.SettlementPlanned and <= EventKind.SettlementReleased) yield return row.Payload;
            }
        }

        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task AppendAsync(string batch, int count, EventPayload payload, CancellationToken cancel = default)
    {
        NewEvent e = Event(string.Create(CultureInfo.InvariantCulture, $"{batch}:{count}"), payload);
        StreamAppendResult result = await log.AppendAsync(StreamName.Settlement(batch), count == 0 ? ExpectedRevision.NoStream : ExpectedRevision.Exactly(count - 1), [e], cancel);
        if (!result.Accepted) throw new SettlementConflictException(batch);
    }

    /// <summary>Appends what was seen on a chain; what is in the log already changes nothing.</summary>
    public async Task AppendSeenAsync(IEnumerable<(string Key, EventPayload Payload)> seen, CancellationToken cancel = default) =>
        await log.AppendAsync([.. seen.Select(s => Event(s.Key, s.Payload))], cancel);

    /// <summary>The id follows from the place and the content: the same event again is the same event, another one in its place is a conflict.</summary>
    private NewEvent Event(string key, EventPayload payload)
    {
        UnixMs now = UnixMs.From(clock.GetUtcNow().ToUnixTimeMilliseconds());
        NewEvent e = new(new EventId(1), UnixMs.Epoch, UnixMs.Epoch, Day.Of(now), payload);
        Digest content = Keccak256.Hash(CanonicalBytes.Of(e with { Window = default }));
        return e with { Id = EventId.Derive("settlement", $"{key}:{content}"), OccurredAt = now, RecordedAt = now };
    }
}
