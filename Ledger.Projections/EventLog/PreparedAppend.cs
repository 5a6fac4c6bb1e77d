using System.Buffers;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Time;

namespace Ledger.Projections.EventLog;

/// <summary>Events checked, hashed and taken apart on the caller's thread, so that the one writer only decides and stores.</summary>
/// <remarks>Every way an event can be unfit for the log shows here, before anything is decided: an append stays all or nothing.</remarks>
public sealed class PreparedAppend
{
    /// <summary>Most events one append may carry.</summary>
    public const int EventsMax = 1 << 20;

    private const int Together = PreparedColumns.AheadMax;

    private readonly IReadOnlyList<NewEvent> _events;
    private readonly PreparedColumns _columns;
    private ArrayBufferWriter<byte>? _rows;
    private int[] _rowEnds = [];

    private PreparedAppend(IReadOnlyList<NewEvent> events)
    {
        _events = events;
        _columns = PreparedColumns.For(events.Count);
    }

    public IReadOnlyList<NewEvent> Events => _events;

    /// <summary>Leaf hashes of the log tree, one per event.</summary>
    public ReadOnlySpan<Digest> Leaves => _columns.Leaves.AsSpan(0, _events.Count);

    /// <summary>The same and the rest as columns.</summary>
    internal PreparedColumns Columns => _columns;

    /// <summary>Canonical bytes of event <paramref name="index"/>; empty for a columnar kind.</summary>
    public ReadOnlySpan<byte> RowBytes(int index)
    {
        if (_rows is null) return [];
        int start = index == 0 ? 0 : _rowEnds[index - 1];
        return _rows.WrittenSpan[start.._rowEnds[index]];
    }

    /// <exception cref="ArgumentException">Too many events, or one of another stream than <paramref name="stream"/>.</exception>
    /// <exception cref="EventFormatException">An event without id, or with a field too large to be kept.</exception>
    public static PreparedAppend Of(IReadOnlyList<NewEvent> events, StreamName? stream) => Of(events, stream, null);

    /// <summary>The same, with the ordinals of the names that <paramref name="names"/> knows already.</summary>
    internal static PreparedAppend Of(IReadOnlyList<NewEvent> events, StreamName? stream, NameTable? names)
    {
        if (events.Count > EventsMax) throw new ArgumentException($"{events.Count} events; an append carries at most {EventsMax}", nameof(events));

        // Who knows no names takes the events one by one: they are made once then.
        PlacedEvents? placed = names is null || stream is not null ? null : events as PlacedEvents;
        NewEvent[] objects = placed is not null ? [] : events as NewEvent[] ?? [.. events];
        PreparedAppend prepared = new(placed is not null ? placed : objects);
        try
        {
            int used = placed is not null ? prepared.Take(placed) : prepared.Take(objects, stream);
            prepared.Finish(used, names);
            return prepared;
        }
        catch
        {
            prepared.Release();
            throw;
        }
    }

    /// <summary>Ends the use of <see cref="Leaves"/> and <see cref="Columns"/>: their memory serves another append.</summary>
    internal void Release() => _columns.Return();

    private static void Check(EventId id)
    {
        if (id == default) throw new EventFormatException("id-nil", "id", "the nil UUID names no event");
    }

    private static void Check(NewEvent e, StreamName? stream)
    {
        Check(e.Id);
        if (e.Payload is Commented { TextDigest: > CommentText.DigestMax })
            throw new EventFormatException("out-of-range", "textDigest", "more than 56 bits");
        if (stream is { } expected && e.Stream != expected)
            throw new ArgumentException($"event {e.Id} belongs to stream {e.Stream}, not {expected}", nameof(stream));
    }

    private int Take(PlacedEvents placed)
    {
        int used = 0;
        for (int i = 0; i < placed.Count; i++)
        {
            ref readonly SubmittedEvent e = ref placed.Submitted(i);
            if (e.TryPlain(out PlainActivity plain))
            {
                used = Plain(i, e, plain, placed.RecordedAt, placed.Window(i), used);
            }
            else
            {
                NewEvent whole = placed[i];
                Look(new ReadOnlySpan<NewEvent>(in whole), i % Together);
                used = Object(i, whole, null, used);
            }
        }

        return used;
    }

    private int Take(ReadOnlySpan<NewEvent> events, StreamName? stream)
    {
        int used = 0;
        for (int i = 0; i < events.Length; i++)
        {
            if (i % Together == 0) Look(events.Slice(i, Math.Min(Together, events.Length - i)), 0);
            used = Object(i, events[i], stream, used);
        }

        return used;
    }

    private void Finish(int used, NameTable? names)
    {
        ReadOnlySpan<byte> canonical = _columns.Canonical.AsSpan(0, used);
        Span<int> ordinals = _columns.Ordinals.AsSpan(0, 2 * _events.Count);
        if (names is null) ordinals.Fill(-1);
        else names.Find(canonical, _columns.Names.AsSpan(0, ordinals.Length), ordinals, _columns.StableHashes);
        Shards(canonical);
        _columns.Hasher.Leaves(canonical, _columns.Ends.AsSpan(0, _events.Count), _columns.Leaves);
    }

    // Payloads and names lie anywhere in memory: looking at many before using any lets their cache misses overlap.
    private void Look(ReadOnlySpan<NewEvent> events, int first)
    {
        int touched = 0;
        for (int i = 0; i < events.Length; i++)
        {
            EventPayload payload = events[i].Payload;
            EventKind kind = payload.Kind;
            _columns.KindsAhead[first + i] = kind.IsColumnar() ? (byte)kind : (byte)0;
            if (!kind.IsColumnar()) continue;
            ColumnarFields fields = ColumnarFields.Of(payload);
            _columns.FieldsAhead[first + i] = fields;
            touched |= fields.Account.Length | fields.Target.Length;
        }

        GC.KeepAlive(touched);
    }

    // A name that is known brings its stable hash; only a new one is hashed for it.
    private void Shards(ReadOnlySpan<byte> canonical)
    {
        for (int i = 0; i < _events.Count; i++)
        {
            if (_columns.Kind[i] == 0) continue;
            NameSpan name = _columns.Names[2 * i];
            uint hash = _columns.Ordinals[2 * i] >= 0 ? _columns.StableHashes[2 * i] : NameTable.Hash(canonical.Slice(name.Start, name.Size));
            _columns.Shard[i] = (byte)(hash % StreamName.ActivityShards);
        }
    }

    private int Object(int index, NewEvent e, StreamName? stream, int used)
    {
        Check(e, stream);
        EventKind kind = (EventKind)_columns.KindsAhead[index % Together];
        e.Id.WriteTo(_columns.Ids.AsSpan(index * EventId.SizeBytes));
        _columns.Ends[index] = kind == EventKind.None ? Row(index, e, used) : Columnar(index, kind, e, used);
        if (_rows is not null) _rowEnds[index] = _rows.WrittenCount;
        return _columns.Ends[index];
    }

    private int Columnar(int index, EventKind kind, NewEvent e, int used)
    {
        ref readonly ColumnarFields fields = ref _columns.FieldsAhead[index % Together];
        Span<byte> canonical = _columns.Reserve(used, ColumnarFields.CanonicalBytesMax);
        int end = fields.Write(canonical, used, kind, e, out _columns.Names[2 * index], out _columns.Names[(2 * index) + 1]);
        _columns.Put(index, kind, fields.Value, e.OccurredAt, e.RecordedAt, e.Window);
        return end;
    }

    private int Plain(int index, in SubmittedEvent e, in PlainActivity plain, UnixMs recordedAt, Day window, int used)
    {
        Check(e.Id);
        e.Id.WriteTo(_columns.Ids.AsSpan(index * EventId.SizeBytes));
        Span<byte> canonical = _columns.Reserve(used, ColumnarFields.CanonicalBytesMax);
        _columns.Ends[index] = ColumnarFields.Write(canonical, used, e, plain, recordedAt, window, out _columns.Names[2 * index], out _columns.Names[(2 * index) + 1]);
        _columns.Put(index, plain.Kind, plain.Value, e.OccurredAt, recordedAt, window);
        if (_rows is not null) _rowEnds[index] = _rows.WrittenCount;
        return _columns.Ends[index];
    }

    private int Row(int index, NewEvent e, int used)
    {
        if (_rows is null) (_rows, _rowEnds) = (new ArrayBufferWriter<byte>(), new int[_events.Count]);
        int start = _rows.WrittenCount;
        CanonicalBytes.Write(e, _rows);
        ReadOnlySpan<byte> canonical = _rows.WrittenSpan[start..];
        canonical.CopyTo(_columns.Reserve(used, canonical.Length)[used..]);
        _columns.Kind[index] = 0;
        _columns.Names.AsSpan(2 * index, 2).Clear();
        return used + canonical.Length;
    }
}
