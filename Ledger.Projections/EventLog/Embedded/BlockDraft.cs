using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Gathers accepted events into what a block will be made of: names interned, revisions assigned, columns copied side by side.</summary>
/// <remarks>Filled by the thread that decides, sealed by another, then filled again.</remarks>
internal sealed class BlockDraft
{
    /// <summary>Most events of one block.</summary>
    public const int EventsMax = 16384;

    // Rows may be large; a block of them ends early so that reading one stays cheap.
    private const int RowBytesMax = 4 << 20;

    private readonly NameTable _names;
    private readonly NameInterner _interner;
    private readonly StreamIndex _streams;

    public BlockDraft(NameTable names, StreamIndex streams)
    {
        _names = names;
        _interner = new NameInterner(names);
        _streams = streams;
    }

    /// <summary>Position of the first event.</summary>
    public long First { get; private set; }

    public int Count { get; private set; }

    public int ColumnarCount { get; private set; }

    public int NamesBefore { get; private set; }

    public int NamesAfter { get; private set; }

    public IReadOnlyList<StreamSpan> Streams { get; private set; } = [];

    public RowsPart Rows { get; } = new();

    /// <summary>16 bytes for each event.</summary>
    public byte[] Ids { get; private set; } = [];

    public Digest[] Leaves { get; private set; } = [];

    /// <summary>Place in the block of each columnar event; the other columns follow it.</summary>
    public int[] Place { get; private set; } = [];

    public byte[] Kind { get; private set; } = [];

    public int[] Account { get; private set; } = [];

    public int[] Target { get; private set; } = [];

    public long[] Value { get; private set; } = [];

    public long[] OccurredAtMs { get; private set; } = [];

    public int[] Window { get; private set; } = [];

    public long[] LagMs { get; private set; } = [];

    public bool IsFull => Count == EventsMax || Rows.Size >= RowBytesMax;

    /// <summary>Forgets everything and begins a block at <paramref name="first"/>.</summary>
    public void Begin(long first)
    {
        if (Ids.Length == 0) Allocate();
        (First, Count, ColumnarCount, NamesBefore) = (first, 0, 0, _names.Count);
        Rows.Clear();
    }

    /// <summary>Takes events of an append from <paramref name="from"/> on, up to <paramref name="to"/> or until the block is full. Returns where it stopped.</summary>
    public int Add(PreparedAppend prepared, int from, int to)
    {
        PreparedColumns columns = prepared.Columns;
        to = Math.Min(to, from + EventsMax - Count);
        int next = from;
        while (next < to && !IsFull)
        {
            ReadOnlySpan<byte> kinds = columns.Kind.AsSpan(next, to - next);
            int run = kinds.IndexOf((byte)0);
            int end = run < 0 ? to : next + Math.Max(run, 1);
            Common(columns, next, end);
            if (run == 0) Row(prepared, next);
            else Columnar(columns, next, end);
            Count += end - next;
            next = end;
        }

        return next;
    }

    /// <summary>Ends the block; nothing is added until it begins again.</summary>
    public void End()
    {
        NamesAfter = _names.Count;
        Streams = _streams.EndBlock();
    }

    // Not before the first event: a log that is only read has drafts too.
    private void Allocate()
    {
        Ids = new byte[EventsMax * EventId.SizeBytes];
        Leaves = new Digest[EventsMax];
        Place = new int[EventsMax];
        Kind = new byte[EventsMax];
        Account = new int[EventsMax];
        Target = new int[EventsMax];
        Value = new long[EventsMax];
        OccurredAtMs = new long[EventsMax];
        Window = new int[EventsMax];
        LagMs = new long[EventsMax];
    }

    private void Common(PreparedColumns columns, int from, int end)
    {
        columns.Ids.AsSpan(from * EventId.SizeBytes, (end - from) * EventId.SizeBytes).CopyTo(Ids.AsSpan(Count * EventId.SizeBytes));
        columns.Leaves.AsSpan(from, end - from).CopyTo(Leaves.AsSpan(Count));
    }

    private void Row(PreparedAppend prepared, int index)
    {
        NewEvent e = prepared.Events[index];
        e.Payload.Write(_interner);
        Rows.Add(Count, _streams.Next(e.Stream.Value), prepared.RowBytes(index));
    }

    private void Columnar(PreparedColumns columns, int from, int end)
    {
        int at = ColumnarCount;
        int count = end - from;
        columns.Kind.AsSpan(from, count).CopyTo(Kind.AsSpan(at));
        columns.Value.AsSpan(from, count).CopyTo(Value.AsSpan(at));
        columns.OccurredAtMs.AsSpan(from, count).CopyTo(OccurredAtMs.AsSpan(at));
        columns.LagMs.AsSpan(from, count).CopyTo(LagMs.AsSpan(at));
        ReadOnlySpan<int> windows = columns.Window.AsSpan(from, count);
        windows.CopyTo(Window.AsSpan(at));
        ReadOnlySpan<byte> shards = columns.Shard.AsSpan(from, count);
        ReadOnlySpan<int> ordinals = columns.Ordinals.AsSpan(2 * from, 2 * count);
        for (int i = 0; i < count; i++)
        {
            (int account, int target) = (ordinals[2 * i], ordinals[(2 * i) + 1]);
            if ((account | target) < 0) // new when the append was prepared
            {
                account = _names.Intern(columns.Name(2 * (from + i)));
                target = _names.Intern(columns.Name((2 * (from + i)) + 1));
            }

            (Place[at + i], Account[at + i], Target[at + i]) = (Count + i, account, target);
            _streams.NextOfActivity(windows[i], shards[i]);
        }

        ColumnarCount += count;
    }
}
