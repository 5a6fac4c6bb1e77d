using System.Runtime.CompilerServices;
using Google.Protobuf;
using Ledger.Core.Identity;
using Ledger.Host.Api.EventStore;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Tests.Peers.EventStore;

/// <summary>
/// A stream store that knows nothing of ledgers: any stream, any type, any bytes, positions with gaps, idempotent only where the real server is
/// (specs/eventstore.md). It outlives the hosts that serve it, as a server's disk does.
/// </summary>
internal sealed class GenericStreams : IStreamStore
{
    private readonly Lock _gate = new();
    private readonly List<Stored> _all = [];
    private readonly Dictionary<string, List<Stored>> _streams = [];
    private readonly HeadSignal _count = new(0);
    private ulong _next = 101;

    public ulong? LastPosition
    {
        get
        {
            lock (_gate) return _all.Count > 0 ? _all[^1].Position : null;
        }
    }

    public bool IsRecord(ulong position)
    {
        lock (_gate) return IndexOf(position) is var i && i < _all.Count && _all[i].Position == position;
    }

    public ValueTask<long> LastRevisionAsync(string stream, CancellationToken cancel)
    {
        lock (_gate) return ValueTask.FromResult(Last(stream));
    }

    public ValueTask<AppendAnswer> AppendAsync(string stream, ExpectedVersion expected, IReadOnlyList<Proposal> events, MayState mayState, CancellationToken cancel)
    {
        lock (_gate)
        {
            if (events.Count == 0) return ValueTask.FromResult<AppendAnswer>(expected.Holds(Last(stream)) ? new AppendAnswer.Done(Last(stream), LastPosition ?? 0) : new AppendAnswer.WrongVersion(Last(stream)));
            if (Repeated(stream, expected, events) is { } known) return ValueTask.FromResult<AppendAnswer>(new AppendAnswer.Done(known.Revision, known.Position));
            if (!expected.Holds(Last(stream))) return ValueTask.FromResult<AppendAnswer>(new AppendAnswer.WrongVersion(Last(stream)));
            if (!_streams.TryGetValue(stream, out List<Stored>? own)) _streams.Add(stream, own = []);
            foreach (Proposal proposal in events)
            {
                Stored stored = new(stream, own.Count, _next, proposal.Id, proposal.Type, proposal.IsJson, ByteString.CopyFrom(proposal.Data.Span), ByteString.CopyFrom(proposal.Metadata.Span));
                _next += 37 + (ulong)proposal.Data.Length;
                own.Add(stored);
                _all.Add(stored);
            }

            AppendAnswer answer = new AppendAnswer.Done(own.Count - 1, _all[^1].Position);
            _count.Publish(_all.Count);
            return ValueTask.FromResult(answer);
        }
    }

    public async IAsyncEnumerable<StoredEvent> ReadStreamAsync(string stream, long from, ReadDirection direction, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        Stored[] events;
        lock (_gate) events = [.. _streams.GetValueOrDefault(stream) ?? []];
        bool forwards = direction == ReadDirection.Forwards;
        foreach (Stored e in forwards ? events.Where(e => e.Revision >= from) : Enumerable.Reverse(events).Where(e => e.Revision <= from))
        {
            cancel.ThrowIfCancellationRequested();
            yield return e;
        }
    }

    public async IAsyncEnumerable<StoredEvent> ReadAllAsync(ulong from, ReadDirection direction, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        Stored[] events;
        lock (_gate) events = [.. direction == ReadDirection.Forwards ? _all.Skip(IndexOf(from)) : _all.Take(IndexOf(from)).Reverse()];
        foreach (Stored e in events)
        {
            cancel.ThrowIfCancellationRequested();
            yield return e;
        }
    }

    public async IAsyncEnumerable<StoredEvent> SubscribeAsync(ulong from, [EnumeratorCancellation] CancellationToken cancel)
    {
        int index;
        lock (_gate) index = IndexOf(from);
        for (; ; index++)
        {
            await _count.WaitAboveAsync(index, cancel);
            Stored e;
            lock (_gate) e = _all[index];
            if (e.Position >= from) yield return e;
        }
    }

    private long Last(string stream) => _streams.TryGetValue(stream, out List<Stored>? events) ? events.Count - 1 : -1;

    private int IndexOf(ulong position)
    {
        int index = _all.BinarySearch(new Stored("", 0, position, default, "", false, ByteString.Empty, ByteString.Empty), Comparer<Stored>.Create((a, b) => a.Position.CompareTo(b.Position)));
        return index >= 0 ? index : ~index;
    }

    /// <summary>The last event of an append that stands in the stream already, in sequence at expected + 1, or anywhere when the expectation is any or exists.</summary>
    private Stored? Repeated(string stream, ExpectedVersion expected, IReadOnlyList<Proposal> events)
    {
        if (!_streams.TryGetValue(stream, out List<Stored>? own)) return null;
        int start = expected.Value >= -1 ? (int)Math.Min(expected.Value + 1, own.Count) : own.FindIndex(e => e.Id == events[0].Id);
        if (start < 0 || start + events.Count > own.Count) return null;
        for (int i = 0; i < events.Count; i++)
        {
            if (own[start + i].Id != events[i].Id) return null;
        }

        return own[start + events.Count - 1];
    }

    private sealed class Stored(string stream, long revision, ulong position, EventId id, string type, bool isJson, ByteString data, ByteString metadata) : StoredEvent
    {
        public EventId Id => id;

        public override string Stream => stream;

        public override string Type => type;

        public override long Revision => revision;

        public override ulong Position => position;

        public override RecordedMessage Message(bool structuredIds) => new()
        {
            Id = structuredIds ? Uuid.StructuredOf(id) : Uuid.TextOf(id),
            Stream = StreamIdentifier.Of(stream),
            Revision = (ulong)revision,
            Prepare = position,
            Commit = position,
            Metadata = { { "type", type }, { "content-type", isJson ? "application/json" : "application/octet-stream" }, { "created", "17953467411184885" } },
            CustomMetadata = metadata,
            Data = data,
        };
    }
}
