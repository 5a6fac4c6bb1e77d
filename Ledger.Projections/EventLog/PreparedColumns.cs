using System.Collections.Concurrent;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Time;

namespace Ledger.Projections.EventLog;

/// <summary>A prepared append as columns, entry i of every array for event i; arrays are longer than the append and used again and again.</summary>
internal sealed class PreparedColumns
{
    /// <summary>Events looked at before the first of them is used.</summary>
    public const int AheadMax = 64;

    private const int KeptMax = 64;
    private const int KeptEventsMax = 1 << 15;

    private static readonly ConcurrentQueue<PreparedColumns> Kept = [];

    /// <summary>Columnar kind, 0 for a row, of which only id and leaf are here.</summary>
    public byte[] Kind { get; private set; } = [];

    public long[] Value { get; private set; } = [];

    public long[] OccurredAtMs { get; private set; } = [];

    /// <summary>recordedAt − occurredAt.</summary>
    public long[] LagMs { get; private set; } = [];

    /// <summary>Days since 1970-01-01.</summary>
    public int[] Window { get; private set; } = [];

    /// <summary>Activity shard of the actor.</summary>
    public byte[] Shard { get; private set; } = [];

    /// <summary>16 bytes each, most significant first.</summary>
    public byte[] Ids { get; private set; } = [];

    public Digest[] Leaves { get; private set; } = [];

    /// <summary>Where the names stand in <see cref="Canonical"/>: actor and target of every event; empty for a row.</summary>
    public NameSpan[] Names { get; private set; } = [];

    /// <summary>Ordinals of <see cref="Names"/>, −1 for names that were not known yet.</summary>
    public int[] Ordinals { get; private set; } = [];

    /// <summary>Stable hashes of those of <see cref="Names"/> that were known.</summary>
    public uint[] StableHashes { get; private set; } = [];

    /// <summary>Canonical bytes end to end, on their way to the leaves.</summary>
    public byte[] Canonical { get; private set; } = [];

    /// <summary>Where the canonical bytes of each event end.</summary>
    public int[] Ends { get; private set; } = [];

    /// <summary>Columnar kinds of the events looked at, 0 for rows.</summary>
    public byte[] KindsAhead { get; } = new byte[AheadMax];

    /// <summary>Names and numbers of the columnar events looked at.</summary>
    public ColumnarFields[] FieldsAhead { get; } = new ColumnarFields[AheadMax];

    public LogHasher Hasher { get; } = new();

    /// <summary>Columns for <paramref name="count"/> events, from those that were given back if possible.</summary>
    public static PreparedColumns For(int count)
    {
        if (!Kept.TryDequeue(out PreparedColumns? columns)) columns = new PreparedColumns();
        if (columns.Kind.Length < count) columns.Allocate(Math.Max(count, 64));
        return columns;
    }

    /// <summary>Sets the columns of an event of a columnar kind.</summary>
    public void Put(int index, EventKind kind, long value, UnixMs occurredAt, UnixMs recordedAt, Day window)
    {
        Kind[index] = (byte)kind;
        Value[index] = value;
        OccurredAtMs[index] = occurredAt.Value;
        LagMs[index] = recordedAt - occurredAt;
        Window[index] = window.Number;
    }

    /// <summary>Gives the columns back; nobody may look at them from now on.</summary>
    public void Return()
    {
        Array.Clear(FieldsAhead); // or it would keep payloads' texts alive
        if (Kind.Length <= KeptEventsMax && Kept.Count < KeptMax) Kept.Enqueue(this);
    }

    /// <summary>The bytes of entry <paramref name="index"/> of <see cref="Names"/>.</summary>
    public ReadOnlySpan<byte> Name(int index) => Canonical.AsSpan(Names[index].Start, Names[index].Size);

    /// <summary>The canonical bytes, with room for <paramref name="more"/> behind the first <paramref name="used"/>.</summary>
    public Span<byte> Reserve(int used, int more)
    {
        if (Canonical.Length - used < more)
        {
            byte[] larger = new byte[Math.Max(2 * Canonical.Length, used + more)];
            Canonical.AsSpan(0, used).CopyTo(larger);
            Canonical = larger;
        }

        return Canonical;
    }

    private void Allocate(int count)
    {
        Kind = new byte[count];
        Names = new NameSpan[2 * count];
        Ordinals = new int[2 * count];
        StableHashes = new uint[2 * count];
        Value = new long[count];
        OccurredAtMs = new long[count];
        LagMs = new long[count];
        Window = new int[count];
        Shard = new byte[count];
        Ids = new byte[count * EventId.SizeBytes];
        Leaves = new Digest[count];
        Ends = new int[count];
    }
}
