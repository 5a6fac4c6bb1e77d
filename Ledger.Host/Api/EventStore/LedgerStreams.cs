using System.Runtime.CompilerServices;
using Ledger.Core.Events;
using Ledger.Projections.EventLog;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Api.EventStore;

/// <summary>The ledger's log as streams: positions and revisions are the log's own, appends go through the ledger's intake.</summary>
/// <remarks>How events look and what is refused: specs/eventstore.md.</remarks>
internal sealed class LedgerStreams(IEventLog log, EventIntake intake) : IStreamStore
{
    /// <summary>A stream that is always empty: what is appended to it is filed by the ledger, each event in its own stream.</summary>
    public const string IntakeStream = "intake";

    private const int StreamNameMax = 80;

    /// <inheritdoc/>
    public ulong? LastPosition => log.Head is > 0 and var head ? (ulong)head - 1 : null;

    /// <inheritdoc/>
    public bool IsRecord(ulong position) => position < (ulong)log.Head;

    /// <inheritdoc/>
    public async ValueTask<long> LastRevisionAsync(string stream, CancellationToken cancel) =>
        Named(stream) is { } name ? (await log.AppendAsync(name, ExpectedRevision.Any, [], cancel)).Revision : -1;

    /// <inheritdoc/>
    public async ValueTask<AppendAnswer> AppendAsync(string stream, ExpectedVersion expected, IReadOnlyList<Proposal> events, MayState mayState, CancellationToken cancel)
    {
        StreamName? name = Named(stream);
        if (name is null && stream != IntakeStream) return new AppendAnswer.Refused("stream-unknown", $"'{stream}' is none of the ledger's streams; append to '{IntakeStream}', or to the stream that the event belongs to");
        if (events.Count == 0 || name is null || expected == ExpectedVersion.Exists)
        {
            long last = await LastRevisionAsync(stream, cancel);
            if (!expected.Holds(last)) return new AppendAnswer.WrongVersion(last);
            if (events.Count == 0) return new AppendAnswer.Done(last, LastPosition);
        }

        ProposalReader reader = new();
        SubmittedEvent[] submitted = new SubmittedEvent[events.Count];
        for (int i = 0; i < submitted.Length; i++)
        {
            if (reader.Read(events[i], out submitted[i]) is { } fault) return Refused(fault, i);
            EventKind kind = submitted[i].Payload.Kind;
            if (!mayState(kind)) return Refused(new Refusal("scope-missing", "type", $"the key may not state {EventCatalogue.Name(kind)}"), i);
        }

        ExpectedRevision revision = expected.Value switch { -1 => ExpectedRevision.NoStream, >= 0 and var exact => ExpectedRevision.Exactly(exact), _ => ExpectedRevision.Any };
        WholeIntakeResult result = await intake.SubmitWholeAsync(submitted, name, revision, cancel);
        if (result.Refusal is { } refusal) return Refused(refusal, result.RefusedIndex);
        StreamAppendResult appended = result.Appended!;
        if (!appended.Accepted) return new AppendAnswer.WrongVersion(appended.Revision);
        return await DoneAsync(name, expected, submitted, appended, cancel);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredEvent> ReadStreamAsync(string stream, long from, ReadDirection direction, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (Named(stream) is not { } name) yield break;
        using EventRendering rendering = new();
        long start = direction == ReadDirection.Forwards || from == long.MaxValue ? from : from + 1;
        await foreach (RecordedEvent e in log.ReadStreamAsync(name, start, direction, cancel)) yield return new LedgerStoredEvent(e, rendering);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredEvent> ReadAllAsync(ulong from, ReadDirection direction, [EnumeratorCancellation] CancellationToken cancel)
    {
        using EventRendering rendering = new();
        long start = (long)Math.Min(from, long.MaxValue);
        await foreach (RecordedEvent e in log.ReadAllAsync(start, direction, cancel)) yield return new LedgerStoredEvent(e, rendering);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredEvent> SubscribeAsync(ulong from, [EnumeratorCancellation] CancellationToken cancel)
    {
        using EventRendering rendering = new();
        long start = (long)Math.Min(from, long.MaxValue);
        await foreach (RecordedEvent e in log.SubscribeAsync(start, cancel)) yield return new LedgerStoredEvent(e, rendering);
    }

    private static StreamName? Named(string stream) => stream.Length is > 0 and <= StreamNameMax && stream != IntakeStream ? StreamName.Parse(stream) : null;

    private static AppendAnswer.Refused Refused(Refusal refusal, int index) =>
        new(refusal.Code, refusal.Field is null ? $"event {index}: {refusal.Detail}" : $"event {index}, field '{refusal.Field}': {refusal.Detail}");

    /// <summary>An append whose ids are all known is answered as the first time, but only where the protocol would look for them.</summary>
    private async ValueTask<AppendAnswer> DoneAsync(StreamName? name, ExpectedVersion expected, SubmittedEvent[] submitted, StreamAppendResult appended, CancellationToken cancel)
    {
        AppendOutcome last = appended.Outcomes[^1];
        if (name is not { } stream) return new AppendAnswer.Done(-1, (ulong)last.Position);
        if (!last.IsDuplicate) return new AppendAnswer.Done(appended.Revision, (ulong)last.Position);
        if (expected.Value >= -1 && appended.Outcomes.All(outcome => outcome.IsDuplicate) && !await StandsFromAsync(stream, expected.Value + 1, submitted, cancel))
            return new AppendAnswer.WrongVersion(appended.Revision);
        RecordedEvent recorded = (await log.FindAsync(submitted[^1].Id, cancel))!;
        return new AppendAnswer.Done(recorded.Revision, (ulong)recorded.Position);
    }

    private async ValueTask<bool> StandsFromAsync(StreamName stream, long revision, SubmittedEvent[] submitted, CancellationToken cancel)
    {
        int matched = 0;
        await foreach (RecordedEvent e in log.ReadStreamAsync(stream, revision, cancel: cancel))
        {
            if (e.Event.Id != submitted[matched].Id) return false;
            if (++matched == submitted.Length) return true;
        }

        return false;
    }
}
