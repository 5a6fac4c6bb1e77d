using System.Buffers;
using System.Runtime.InteropServices;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>The events of an append of which more may come, as far as the index needs them: the bytes that they came in are gone by then.</summary>
internal sealed class OpenAppend
{
    /// <summary>Events whose memory is kept for the next append.</summary>
    private const int KeptEventsMax = 1 << 14;

    private readonly LogHasher _hasher = new();
    private ArrayBufferWriter<byte> _canonical = new();
    private List<int> _ends = [];
    private List<OpenEvent> _events = [];
    private Digest[] _leaves = [];

    public ReadOnlySpan<OpenEvent> Events => CollectionsMarshal.AsSpan(_events);

    public void Add(in StoredEvent e)
    {
        int start = _canonical.WrittenCount;
        NameSpan account = default;
        NameSpan target = default;
        EventPayload? payload = null;
        if (e.Submitted.TryPlain(out PlainActivity plain))
        {
            Span<byte> output = _canonical.GetSpan(ColumnarFields.CanonicalBytesMax);
            _canonical.Advance(ColumnarFields.Write(output, 0, e.Submitted, plain, e.RecordedAt, e.Window, out account, out target));
        }
        else
        {
            payload = e.Submitted.Payload;
            CanonicalBytes.Write(e.Recorded.Event, _canonical);
        }

        _ends.Add(_canonical.WrittenCount);
        _events.Add(new OpenEvent(e.Submitted.Id, e.Revision, e.Stream, payload, account with { Start = start + account.Start }, target with { Start = start + target.Start }));
    }

    /// <summary>Leaf hashes of the log tree, one per event.</summary>
    public ReadOnlySpan<Digest> Leaves()
    {
        if (_leaves.Length < _events.Count) _leaves = new Digest[_events.Capacity];
        _hasher.Leaves(_canonical.WrittenSpan, CollectionsMarshal.AsSpan(_ends), _leaves);
        return _leaves.AsSpan(0, _events.Count);
    }

    /// <summary>The bytes of a name.</summary>
    public ReadOnlySpan<byte> Name(NameSpan name) => _canonical.WrittenSpan.Slice(name.Start, name.Size);

    public void Clear()
    {
        if (_events.Capacity > KeptEventsMax)
        {
            (_canonical, _ends, _events, _leaves) = (new ArrayBufferWriter<byte>(), [], [], []);
            return;
        }

        _canonical.ResetWrittenCount();
        _ends.Clear();
        _events.Clear();
    }
}

/// <summary>An event of an append that is not whole yet.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Revision">Its place in its stream of the log.</param>
/// <param name="Stream">Its stream of the log.</param>
/// <param name="Payload">What happened; null when it is two names.</param>
/// <param name="Account">Then the actor's name.</param>
/// <param name="Target">Then the name of what was acted on.</param>
internal readonly record struct OpenEvent(EventId Id, long Revision, StreamName Stream, EventPayload? Payload, NameSpan Account, NameSpan Target);
